#include "rule.h"

enum { LINE = 0x2500, TITLE_LEAST = 20 };

void
rule_draw(struct area a, int y, bool here, slice title, slice right)
{
	int columns = text_columns(right), room = a.width - 5;

	canvas_line(a, y, LINE, STYLE_FRAME);
	if (right.n > 0 && columns + TITLE_LEAST < a.width) {
		canvas_put(a, a.width - columns - 4, y, ' ', STYLE_FRAME);
		canvas_text(a, a.width - columns - 3, y, columns, STYLE_DIM, right);
		canvas_put(a, a.width - 3, y, ' ', STYLE_FRAME);
		room -= columns + 3;
	}
	if (title.n == 0 || room < 1)
		return;
	canvas_put(a, 2, y, ' ', STYLE_FRAME);
	columns = canvas_text(a, 3, y, room, here ? STYLE_TITLE : STYLE_DIM, title);
	canvas_put(a, 3 + columns, y, ' ', STYLE_FRAME);
}
