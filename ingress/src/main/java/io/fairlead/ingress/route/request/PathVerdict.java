package io.fairlead.ingress.route.request;

/**
 * What {@link RequestPath#read} says of a request target. All but {@link #ACCEPTED} are answered with 400 (RFC 9110,
 * section 15.5.1). The reasons quote nothing of the request, so that they can be sent and logged as they are.
 *
 * <p>Immutable.
 */
public enum PathVerdict {
    ACCEPTED("accepted"),
    NOT_ABSOLUTE("the request target does not begin with a slash"),
    BAD_BYTE("the request target holds a byte that RFC 3986 does not allow there"),
    BAD_ESCAPE("the path holds a percent sign that is not followed by two hexadecimal digits"),
    NUL("the path holds an escaped NUL"),
    ABOVE_ROOT("the path climbs above the root"),
    DOTS_WITH_PARAMETER("the path holds a dot segment with a parameter");

    private final String reason;

    PathVerdict(String reason) {
        this.reason = reason;
    }

    /** One clause without a full stop. */
    public String reason() {
        return reason;
    }
}
