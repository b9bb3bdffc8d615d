package io.fairlead.agent.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What data planes rely on in every list of rules.
 *
 * <p>Confined to the test thread.
 */
class RoutingTest {

    @ParameterizedTest
    @EnumSource
    void endsInARuleForEverybodyAndNamesNoClientTwice(Routing routing) {
        List<Client> clients = routing.rules().stream().map(ClientRule::client).toList();
        assertEquals(Client.ANYONE, clients.getLast());
        assertEquals(clients.stream().distinct().toList(), clients);
    }
}
