package io.fairlead.test.repo;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Who may use whom (docs/ARCHITECTURE.md, section 2).
 *
 * <p>Confined to the test thread.
 */
final class ArrowsTest {

    private static final String ROOT = "io.fairlead.";

    /** From each module to those that it may use. */
    private static final Map<String, Set<String>> ARROWS = Map.of(
            "runtime", Set.of(),
            "cluster", Set.of(),
            "kernel", Set.of(),
            "xdp", Set.of(),
            "controller", Set.of("runtime", "cluster"),
            "agent", Set.of("runtime", "cluster", "kernel", "controller", "xdp"),
            "ingress", Set.of("runtime", "cluster"),
            "dns", Set.of("runtime", "cluster", "kernel", "xdp"),
            "lab", Set.of("runtime", "kernel"),
            "image", Set.of("lab", "kernel"));

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("io.fairlead");

    @Test
    void modulesUseOnlyWhatTheyMay() {
        Set<String> wrong = new TreeSet<>();
        Set<String> modules = new TreeSet<>();
        for (JavaClass type : PRODUCT) {
            String module = module(type);
            modules.add(module);
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass();
                boolean ours = target.getName().startsWith(ROOT);
                if (ours && !module(target).equals(module) && !allowed(module).contains(module(target))) {
                    wrong.add(type.getName() + " -> " + target.getName());
                }
            }
        }
        assertEquals(Set.of(), wrong);
        assertFalse(modules.isEmpty());
    }

    private static Set<String> allowed(String module) {
        Set<String> allowed = ARROWS.get(module);
        if (allowed == null) {
            throw new AssertionError("a module that ARCHITECTURE does not know: " + module);
        }
        return allowed;
    }

    private static String module(JavaClass type) {
        String rest = type.getPackageName().substring(ROOT.length());
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    @Test
    void packagesFormNoCycles() {
        slices().matching("io.fairlead.(**)").should().beFreeOfCycles().check(PRODUCT);
    }

    @Test
    void onlyTheClusterKnowsTheKubernetesClient() {
        assertEquals(Set.of(), usersOutside("io.fabric8.", ROOT + "cluster."));
    }

    @Test
    void onlyKernelAndXdpCallNativeCode() {
        assertEquals(Set.of(), usersOutside("jnr.", ROOT + "kernel.", ROOT + "xdp."));
    }

    private static Set<String> usersOutside(String used, String... allowed) {
        Set<String> users = new TreeSet<>();
        for (JavaClass type : PRODUCT) {
            boolean may = false;
            for (String prefix : allowed) {
                may |= type.getName().startsWith(prefix);
            }
            boolean uses = type.getDirectDependenciesFromSelf().stream()
                    .anyMatch(
                            dependency -> dependency.getTargetClass().getName().startsWith(used));
            if (uses && !may) {
                users.add(type.getName());
            }
        }
        return users;
    }
}
