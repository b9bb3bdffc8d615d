package io.fairlead.ingress.view;

import io.fairlead.ingress.destination.Destinations;
import io.fairlead.ingress.route.RouteAction;
import io.fairlead.ingress.route.RouteAction.Scheme;
import io.fairlead.ingress.translate.Translation;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What happens to requests, in a clause.
 *
 * <p>Immutable: it has no state.
 */
final class ActionText {

    private ActionText() {}

    static String of(RouteAction action, Translation translation) {
        return switch (action) {
            case RouteAction.Forward forward ->
                forward(forward, translation.backends().get(forward.backend()));
            case RouteAction.Redirect redirect -> redirect(redirect);
            case RouteAction.Respond respond -> respond.status() + ", " + respond.detail();
        };
    }

    private static String forward(RouteAction.Forward forward, @Nullable Destinations where) {
        return switch (where) {
            case Destinations.Addresses addresses ->
                forward.backend() + ", " + addresses.list().size() + " endpoints";
            case Destinations.HostName name -> forward.backend() + ", " + name.name() + ":" + name.port();
            case Destinations.None none -> "503, " + none.detail();
            case null -> "503, service " + forward.backend() + " is not known";
        };
    }

    private static String redirect(RouteAction.Redirect redirect) {
        String scheme = redirect.scheme() == Scheme.SAME
                ? "the same scheme"
                : redirect.scheme().name().toLowerCase(Locale.ROOT);
        String host = redirect.host().isEmpty() ? "" : " at " + redirect.host();
        return redirect.status() + " to " + scheme + host + (redirect.port() == 0 ? "" : ", port " + redirect.port());
    }

    /** The endpoints that get a share, as text. */
    static List<String> endpoints(RouteAction action, Translation translation) {
        if (!(action instanceof RouteAction.Forward forward)) {
            return List.of();
        }
        return switch (translation.backends().get(forward.backend())) {
            case Destinations.Addresses addresses ->
                addresses.list().stream().map(Object::toString).toList();
            case Destinations.HostName name -> List.of(name.name() + ":" + name.port());
            case Destinations.None ignored -> List.of();
            case null -> List.of();
        };
    }
}
