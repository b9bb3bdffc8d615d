package io.fairlead.ingress.translate;

/**
 * The kinds of {@link Problem}s, as the reasons of Events.
 *
 * <p>Immutable.
 */
public enum ProblemReason {
    SET_ASIDE("SetAside", "the object cannot be read; its last good state, if any, stays in force"),
    NO_ROUTES("NoRoutes", "the Ingress has neither rules nor a default backend"),
    INVALID_HOST("InvalidHost", "a host is not one that requests have; its rule is left out"),
    INVALID_PATH("InvalidPath", "a path is not one that requests have; it is left out"),
    UNKNOWN_ANNOTATION("UnknownAnnotation", "the annotation begins like ours, but there is none of that name"),
    INVALID_ANNOTATION(
            "InvalidAnnotation",
            "the value cannot be used; the default counts, or if it is about security, the Ingress answers 503"),
    RESOURCE_BACKEND("ResourceBackend", "backends are Services only; the path answers 503"),
    SERVICE_NOT_FOUND("ServiceNotFound", "the Service or its port does not exist; the path answers 503"),
    DESTINATION_REFUSED("DestinationRefused", "a Service leads to where no user may send the proxy; that is not used"),
    PATH_CONFLICT(
            "PathConflict", "an older Ingress, or an earlier rule, has the same host and path and gets its requests"),
    TLS_CONFLICT("TlsConflict", "an older Ingress has said otherwise how TLS of the host is answered"),
    SECRET_NOT_USABLE("SecretNotUsable", "a Secret that the Ingress names is not there, or must or can not be read"),
    CERTIFICATE_NOT_FOR_HOST("CertificateNotForHost", "clients of a host are shown a certificate that is not for it");

    private final String label;
    private final String meaning;

    ProblemReason(String label, String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    /** As Events have it. */
    public String label() {
        return label;
    }

    /** A clause, for documents. */
    public String meaning() {
        return meaning;
    }
}
