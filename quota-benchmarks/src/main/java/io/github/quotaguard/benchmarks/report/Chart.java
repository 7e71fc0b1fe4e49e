package io.github.quotaguard.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Bars of medians, on a logarithmic axis: what is seen are ratios. */
final class Chart {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 420;
    private static final float HAIRLINE = 0.5f;

    private Chart() {}

    static void write(Section section, List<Measured> cells, Path file) throws IOException {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(section.title())
                .xAxisTitle(String.join(", ", section.along()))
                .yAxisTitle(section.metric().meaning)
                .build();
        Set<String> places = new LinkedHashSet<>();
        Map<String, Map<String, Double>> series = new LinkedHashMap<>();
        for (Measured one : cells) {
            String place = section.place(one);
            places.add(place);
            series.computeIfAbsent(one.cell().value(section.beside()), name -> new LinkedHashMap<>())
                    .put(place, Estimate.median(one.of(section.metric())).value());
        }
        DoubleSummaryStatistics medians = series.values().stream()
                .flatMap(values -> values.values().stream())
                .mapToDouble(Double::doubleValue)
                .summaryStatistics();
        chart.getStyler()
                .setYAxisLogarithmic(true)
                .setYAxisMin(Math.pow(10, Math.ceil(Math.log10(medians.getMin())) - 1))
                .setYAxisMax(Math.pow(10, Math.floor(Math.log10(medians.getMax())) + 1))
                .setYAxisDecimalPattern("#,##0.###")
                .setPlotGridLinesStroke(new BasicStroke(HAIRLINE))
                .setPlotGridVerticalLinesVisible(false)
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE);
        series.forEach((name, values) -> {
            List<Double> heights = new ArrayList<>();
            places.forEach(place -> heights.add(values.get(place)));
            chart.addSeries(name, new ArrayList<>(places), heights);
        });
        try (OutputStream svg = Files.newOutputStream(file)) {
            ChartEncoder.saveChart(chart, svg, "svg");
        }
    }
}
