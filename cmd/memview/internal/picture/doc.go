// Package picture draws arrays and layouts. A Drawing is a list of boxes, lines, texts and images; it is written as text for a
// terminal, as SVG or as PNG. Its unit is the pixel, and a character is 8 by 16 of them, so that one arrangement serves all three.
//
// Read looks at the items of a view and makes a Plot of them, which keeps as much as the picture shows; Layout says how items
// lie in memory. Both draw themselves.
package picture
