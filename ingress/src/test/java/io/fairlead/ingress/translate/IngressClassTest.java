package io.fairlead.ingress.translate;

import static io.fairlead.ingress.translate.Texts.ingress;
import static io.fairlead.ingress.translate.Texts.rules;
import static io.fairlead.ingress.translate.Texts.web;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.ingress.resource.IngressKinds;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which Ingresses are ours. */
final class IngressClassTest {

    private static String ingressOf(String className, String legacy) {
        String meta = legacy.isEmpty() ? "" : "annotations: {kubernetes.io/ingress.class: " + legacy + "}";
        return ingress("shop/web", meta, rules("a.com / web:80"))
                .replace(
                        "ingressClassName: fairlead, ",
                        className.isEmpty() ? "" : "ingressClassName: " + className + ", ");
    }

    private static IngressSettings settings(String legacy, boolean withoutClass) {
        IngressSettings standard = IngressSettings.DEFAULT;
        return new IngressSettings(
                new IngressSettings.Classes("fairlead.io/ingress", legacy, withoutClass),
                standard.policy(),
                standard.redirects(),
                standard.defaultBackend(),
                standard.endpoints());
    }

    @ParameterizedTest
    @CsvSource({
        // ingressClassName, annotation, the annotation's value that means us, whether one without a class is ours:
        // ours?
        "fairlead, '', fairlead, false, true",
        "other, '', fairlead, false, false",
        "missing, '', fairlead, true, false",
        "fairlead, nginx, fairlead, false, true",
        "other, fairlead, fairlead, true, false",
        "'', fairlead, fairlead, false, true",
        "'', nginx, fairlead, true, false",
        "'', nginx, nginx, false, true",
        "'', '', fairlead, false, false",
        "'', '', fairlead, true, true",
    })
    void classesDecide(String className, String annotation, String legacy, boolean withoutClass, boolean ours) {
        try (Stage stage = new Stage(settings(legacy, withoutClass))) {
            stage.apply(web("shop/web", "10.0.0.1"), ingressOf(className, annotation));
            assertEquals(ours ? "web:80" : "404 NO_MATCH", stage.secure("a.com", "/"));
            assertEquals(ours ? Set.of(Texts.name("shop/web")) : Set.of(), stage.now.served());
            assertEquals(0, stage.problems().size());
        }
    }

    @Test
    void aClassThatComesAndGoesTakesItsIngressesWithIt() {
        try (Stage stage = new Stage()) {
            stage.apply(web("shop/web", "10.0.0.1"), ingressOf("late", ""));
            assertEquals("404 NO_MATCH", stage.secure("a.com", "/"));
            stage.apply("""
                    apiVersion: networking.k8s.io/v1
                    kind: IngressClass
                    metadata: {name: late}
                    spec: {controller: fairlead.io/ingress}
                    """);
            assertEquals("web:80", stage.secure("a.com", "/"));
            assertEquals(Set.of(Texts.name("shop/web")), stage.delta.served());
            stage.cluster().delete(IngressKinds.INGRESS_CLASS.kind(), "late");
            stage.translate();
            assertEquals("404 NO_MATCH", stage.secure("a.com", "/"));
            assertEquals(Set.of(Texts.name("shop/web")), stage.delta.served());
            assertEquals(Set.of(), stage.now.served());
        }
    }

    @Test
    void anIngressThatOnlyGotAnAddressIsServedAnewAndRoutedAsBefore() {
        try (Stage stage = new Stage()) {
            stage.apply(web("shop/web", "10.0.0.1"), ingressOf("fairlead", ""));
            stage.apply(ingressOf("fairlead", "")
                    .replace(
                            "---",
                            "status: {loadBalancer: {ingress: [{ip: 192.0.2.1}, {hostname: a.example.com}]}}\n---"));
            assertEquals(Set.of(Texts.name("shop/web")), stage.delta.served());
            assertEquals(false, stage.delta.routes());
        }
    }
}
