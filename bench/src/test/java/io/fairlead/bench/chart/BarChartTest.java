package io.fairlead.bench.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Bars are as long as their numbers say. */
final class BarChartTest {

    private static Document read(BarChart chart) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(chart.svg())));
    }

    /** Without the background. */
    private static List<Double> widths(Document picture) {
        NodeList bars = picture.getElementsByTagName("rect");
        List<Double> widths = new ArrayList<>();
        for (int i = 1; i < bars.getLength(); i++) {
            widths.add(Double.parseDouble(((Element) bars.item(i)).getAttribute("width")));
        }
        return widths;
    }

    @Test
    void beginsAtZero() throws Exception {
        Document picture = read(
                new BarChart("a < b & c", "MB", false).bar("one", 50, 50, 50).bar("other", 200, 190, 210));
        List<Double> widths = widths(picture);
        assertEquals(4, widths.get(1) / widths.get(0), 0.01);
        assertTrue(picture.getDocumentElement().getTextContent().contains("0 MB"));
        assertTrue(picture.getDocumentElement().getTextContent().contains("a < b & c"));
    }

    @Test
    void saysThatItIsLogarithmic() throws Exception {
        Document picture = read(new BarChart("time", "ms", true)
                .bar("one", 20, 15, 30)
                .bar("other", 2000, 2000, 2000)
                .bar("third", 200, 200, 200));
        List<Double> widths = widths(picture);
        assertEquals(widths.get(1) - widths.get(2), widths.get(2) - widths.get(0), 0.2);
        assertTrue(picture.getDocumentElement().getTextContent().contains("logarithmic scale"));
    }
}
