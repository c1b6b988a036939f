// Copyright the Redistill for the JVM authors. SPDX-License-Identifier: Apache-2.0
package io.redistill.harness.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A page in the making. It carries its style and loads nothing: its own security policy forbids it.
 *
 * <p>Threading: one thread.
 */
final class Page {
    private final String title;
    private final StringBuilder body = new StringBuilder();

    Page(String title) {
        this.title = title;
        element("h1", "", title);
    }

    Page section(String heading, String explanation) {
        element("h2", "", heading);
        return explanation.isEmpty() ? this : element("p", "note", explanation);
    }

    Page paragraph(String text) {
        return element("p", "", text);
    }

    Page quiet(String text) {
        return element("p", "quiet", text);
    }

    /** A box that cannot be overlooked. */
    Page banner(String style, String heading, List<String> lines) {
        body.append("<div class=\"banner ").append(style).append("\"><strong>");
        body.append(Html.escape(heading)).append("</strong>");
        if (!lines.isEmpty()) {
            body.append("<ul>");
            lines.forEach(line -> element("li", "", line));
            body.append("</ul>");
        }
        body.append("</div>\n");
        return this;
    }

    /**
     * The few figures that matter most.
     *
     * @param bad drawn as a warning
     */
    record Tile(String figure, String meaning, boolean bad) {}

    Page tiles(List<Tile> tiles) {
        body.append("<div class=\"tiles\">\n");
        for (Tile tile : tiles) {
            body.append(tile.bad ? "<div class=\"tile bad\">" : "<div class=\"tile\">");
            element("b", "", tile.figure);
            element("span", "", tile.meaning).append("</div>\n");
        }
        return append("</div>\n");
    }

    /**
     * What a plot's colours mean.
     *
     * @param style colour of the style sheet, with {@code block} for an area
     */
    record Key(String style, String meaning) {}

    Page plot(Chart chart, Key... keys) {
        if (keys.length > 0) {
            body.append("<div class=\"legend\">");
            for (Key key : keys) {
                body.append("<span><i class=\"").append(key.style).append("\"></i>");
                body.append(Html.escape(key.meaning)).append("</span>");
            }
            body.append("</div>\n");
        }
        return append(chart.svg());
    }

    Page table(Table table) {
        return append(table.html());
    }

    /** What most readers skip, closed until asked for. */
    Page folded(String summary, Table table) {
        body.append("<details>");
        element("summary", "", summary);
        return table(table).append("</details>\n");
    }

    private Page element(String name, String style, String text) {
        body.append('<').append(name);
        if (!style.isEmpty()) {
            body.append(" class=\"").append(style).append('"');
        }
        body.append('>').append(Html.escape(text)).append("</").append(name).append(">\n");
        return this;
    }

    private Page append(String markup) {
        body.append(markup);
        return this;
    }

    String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
                + Html.escape(title) + "</title>\n<style>\n" + styleSheet() + "</style>\n</head>\n<body>\n" + body
                + "</body>\n</html>\n";
    }

    private static String styleSheet() {
        try (InputStream in = Page.class.getResourceAsStream("page.css")) {
            if (in == null) {
                throw new IllegalStateException("page.css is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Rows of cells.
     *
     * <p>Threading: one thread.
     */
    static final class Table {
        private final StringBuilder rows = new StringBuilder();
        private final List<Boolean> textColumns = new ArrayList<>();

        /** Columns; one that begins with {@code <} holds text and is set to the left. */
        Table(String... columns) {
            rows.append("<tr>");
            for (String column : columns) {
                boolean text = column.startsWith("<");
                textColumns.add(text);
                rows.append(text ? "<th class=\"text\">" : "<th>");
                rows.append(Html.escape(text ? column.substring(1) : column)).append("</th>");
            }
            rows.append("</tr>\n");
        }

        Table row(String... cells) {
            return styledRow("", cells);
        }

        /** A row whose last cell has a style of its own. */
        Table styledRow(String lastStyle, String... cells) {
            rows.append("<tr>");
            for (int i = 0; i < cells.length; i++) {
                String style = textColumns.get(i) ? "text" : "";
                if (i == cells.length - 1) {
                    style = (style + " " + lastStyle).strip();
                }
                rows.append(style.isEmpty() ? "<td>" : "<td class=\"" + style + "\">");
                rows.append(Html.escape(cells[i])).append("</td>");
            }
            rows.append("</tr>\n");
            return this;
        }

        private String html() {
            return "<div class=\"scroll\"><table>\n" + rows + "</table></div>\n";
        }
    }
}
