package io.fairlead.ingress.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.cluster.model.ObjectName;
import io.fairlead.ingress.resource.Ingress;
import io.fairlead.ingress.resource.IngressBackend;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose status is touched, and how. */
final class StatusPlanTest {

    static Ingress ingress(ObjectName name, List<String> published) {
        return new Ingress(name, 0, "", Map.of(), new IngressBackend.None(), List.of(), List.of(), published);
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(" ", -1));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a new one of ours is told               | true  | ''   | A B | ''  | Publish[addresses=[A, B]]",
                "one of ours that says so                | true  | A B  | A B | ''  | -",
                "one of ours that says it otherwise      | true  | B A  | A B | ''  | -",
                "one of ours with what another wrote     | true  | X    | A B | A B | Publish[addresses=[A, B]]",
                "one of ours with a part                 | true  | A    | A B | ''  | Publish[addresses=[A, B]]",
                "one of ours while no address is known   | true  | A    | ''  | A   | -",
                "no longer ours, with our addresses      | false | B A  | A B | ''  | Withdraw[addresses=[B, A]]",
                "no longer ours, with our former address | false | A    | B   | A   | Withdraw[addresses=[A]]",
                "no longer ours, not seen yet            | false | ''   | B   | A   | Withdraw[addresses=[A]]",
                "another controller's                    | false | X    | A B | ''  | -",
                "another controller's with one of ours   | false | A    | A B | ''  | -",
                "no longer ours, or another's already    | false | X    | A   | A   | Withdraw[addresses=[A]]",
                "nobody's                                | false | ''   | A   | ''  | -",
            })
    void what(String why, boolean ours, String published, String addresses, String written, String expected) {
        String plan = StatusPlan.of(
                        ingress(new ObjectName("shop", "web"), list(published)), ours, list(addresses), list(written))
                .map(StatusPlan::toString)
                .orElse("-");
        assertEquals(expected, plan, why);
    }

    @Test
    void addressesAndNamesGoWhereTheyBelong() {
        assertEquals(
                List.of(Map.of("ip", "192.0.2.1"), Map.of("ip", "2001:db8::1"), Map.of("hostname", "lb.example.net")),
                StatusPlan.entries(List.of("192.0.2.1", "2001:db8::1", "lb.example.net")));
    }
}
