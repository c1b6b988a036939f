// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One plot as inline SVG. Colours come from the page's style sheet by class, so that it follows light and dark.
 *
 * <p>Threading: one thread.
 */
final class Chart {
    private static final int WIDTH = 960;
    private static final int LEFT = 72;
    private static final int RIGHT = 92;
    private static final int TOP = 12;
    private static final int BOTTOM = 40;
    private static final int LABEL_GAP = 14;

    private final String title;
    private final String xTitle;
    private final Scale x;
    private final Scale y;
    private final int height;
    private final StringBuilder back = new StringBuilder();
    private final StringBuilder lines = new StringBuilder();
    private final StringBuilder front = new StringBuilder();
    private final List<Label> labels = new ArrayList<>();

    private record Label(String text, String style, double top) {}

    /**
     * Without lines.
     *
     * @param title what the plot shows, for those who cannot see it
     * @param xTitle written below the horizontal axis
     * @param height of the whole plot in its own units, of which it is {@value #WIDTH} wide
     */
    Chart(String title, String xTitle, Scale x, Scale y, int height) {
        this.title = title;
        this.xTitle = xTitle;
        this.x = x;
        this.y = y;
        this.height = height;
    }

    /**
     * A line with its name at its end; NaN leaves a gap.
     *
     * @param style classes of the style sheet
     * @param label empty for none
     */
    Chart line(String style, String label, double[] xs, double[] ys) {
        StringBuilder path = new StringBuilder();
        boolean pen = false;
        double lastTop = Double.NaN;
        for (int i = 0; i < xs.length; i++) {
            if (Double.isNaN(ys[i])) {
                pen = false;
                continue;
            }
            lastTop = top(ys[i]);
            path.append(pen ? 'L' : 'M').append(number(left(xs[i]))).append(' ').append(number(lastTop));
            if (!pen && (i + 1 == xs.length || Double.isNaN(ys[i + 1]))) {
                // A point without neighbours is a line without length, which its round cap shows.
                path.append("h0");
            }
            pen = true;
        }
        lines.append("<path class=\"line ")
                .append(style)
                .append("\" d=\"")
                .append(path)
                .append("\"/>\n");
        if (!label.isEmpty() && !Double.isNaN(lastTop)) {
            labels.add(new Label(label, style, lastTop));
        }
        return this;
    }

    /** Points with a text each. */
    Chart points(String style, double[] xs, double[] ys, List<String> texts) {
        for (int i = 0; i < xs.length; i++) {
            front.append("<circle class=\"point ")
                    .append(style)
                    .append("\" cx=\"")
                    .append(number(left(xs[i])));
            front.append("\" cy=\"").append(number(top(ys[i]))).append("\" r=\"4\"><title>");
            front.append(Html.escape(texts.get(i))).append("</title></circle>\n");
        }
        return this;
    }

    /** A stretch of the horizontal axis, the whole plot high. */
    Chart band(String style, double fromX, double toX, String text) {
        double left = left(fromX);
        rectangle(back, style, left, TOP, Math.max(1.5, left(toX) - left), plotHeight(), text);
        return this;
    }

    /** A stretch that shows a text when pointed at. */
    Chart hover(double fromX, double toX, String text) {
        rectangle(front, "hover", left(fromX), TOP, left(toX) - left(fromX), plotHeight(), text);
        return this;
    }

    /** A bar that stands on the horizontal axis. */
    Chart bar(String style, double fromX, double toX, double value, String text) {
        double top = top(value);
        rectangle(back, style, left(fromX), top, Math.max(1, left(toX) - left(fromX) - 1), bottom() - top, text);
        return this;
    }

    /** A horizontal line at a value, named at its right end. */
    Chart level(String style, double value, String label) {
        double top = top(value);
        back.append(straight("line " + style, LEFT, top, WIDTH - RIGHT, top));
        if (!label.isEmpty()) {
            labels.add(new Label(label, style, top));
        }
        return this;
    }

    /**
     * A vertical line at a value, named near its top.
     *
     * @param row 0 is the topmost; names side by side go into different rows
     */
    Chart mark(String style, double value, String label, int row) {
        double left = left(value);
        back.append(straight("line " + style, left, TOP, left, bottom()));
        boolean atRightEnd = left > (WIDTH - RIGHT + LEFT) / 2.0;
        back.append("<text class=\"label ").append(style).append("\" x=\"");
        back.append(number(atRightEnd ? left - 5 : left + 5)).append("\" y=\"").append(TOP + 10 + row * LABEL_GAP);
        back.append(atRightEnd ? "\" text-anchor=\"end\">" : "\">");
        back.append(Html.escape(label)).append("</text>\n");
        return this;
    }

    /** The plot as an {@code svg} element. */
    String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(height);
        svg.append("\" role=\"img\" aria-label=\"").append(Html.escape(title)).append("\">\n");
        for (Scale.Tick tick : y.ticks()) {
            double top = top(tick.value());
            svg.append(straight("grid", LEFT, top, WIDTH - RIGHT, top));
            text(svg, "tick", LEFT - 8, top + 4, "end", tick.label());
        }
        for (Scale.Tick tick : x.ticks()) {
            double left = left(tick.value());
            svg.append(straight("grid", left, TOP, left, bottom()));
            text(svg, "tick", left, bottom() + 16, "middle", tick.label());
        }
        text(svg, "tick", (LEFT + WIDTH - RIGHT) / 2.0, height - 6, "middle", xTitle);
        svg.append(back).append(straight("axis", LEFT, bottom(), WIDTH - RIGHT, bottom()));
        svg.append(lines);
        appendLabels(svg);
        return svg.append(front).append("</svg>\n").toString();
    }

    /** Names at the ends of lines, moved apart where lines end close to each other. */
    private void appendLabels(StringBuilder svg) {
        labels.sort(Comparator.comparingDouble(Label::top));
        double[] tops = new double[labels.size()];
        for (int i = 0; i < tops.length; i++) {
            tops[i] = Math.max(labels.get(i).top, i == 0 ? TOP : tops[i - 1] + LABEL_GAP);
        }
        double limit = bottom();
        for (int i = tops.length - 1; i >= 0 && tops[i] > limit; i--) {
            tops[i] = limit;
            limit -= LABEL_GAP;
        }
        for (int i = 0; i < tops.length; i++) {
            Label label = labels.get(i);
            text(svg, "label " + label.style, WIDTH - RIGHT + 6, tops[i] + 4, "start", label.text);
        }
    }

    private static void rectangle(
            StringBuilder out, String style, double left, double top, double width, double height, String text) {
        out.append("<rect class=\"")
                .append(style)
                .append("\" x=\"")
                .append(number(left))
                .append("\" y=\"");
        out.append(number(top)).append("\" width=\"").append(number(width)).append("\" height=\"");
        out.append(number(height))
                .append("\"><title>")
                .append(Html.escape(text))
                .append("</title></rect>\n");
    }

    private static void text(StringBuilder out, String style, double left, double top, String anchor, String text) {
        out.append("<text class=\"")
                .append(style)
                .append("\" x=\"")
                .append(number(left))
                .append("\" y=\"");
        out.append(number(top)).append("\" text-anchor=\"").append(anchor).append("\">");
        out.append(Html.escape(text)).append("</text>\n");
    }

    private static String straight(String style, double x1, double y1, double x2, double y2) {
        return "<path class=\"" + style + "\" d=\"M" + number(x1) + ' ' + number(y1) + 'L' + number(x2) + ' '
                + number(y2) + "\"/>\n";
    }

    private double left(double value) {
        return LEFT + x.position(value) * (WIDTH - LEFT - RIGHT);
    }

    private double top(double value) {
        return bottom() - y.position(value) * plotHeight();
    }

    private int bottom() {
        return height - BOTTOM;
    }

    private int plotHeight() {
        return bottom() - TOP;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
