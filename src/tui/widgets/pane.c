#include "pane.h"

enum { LEAST = 40, MOST = 64 };		/* columns of one beside the lines */
enum { VERTICAL = 0x2502, HORIZONTAL = 0x2500 };

static struct area
cut_right(struct area *lines)
{
	struct area all = *lines;
	int third = all.width / 3, width = third < LEAST ? LEAST : third > MOST ? MOST : third;

	*lines = area_part(all, 0, 0, all.width - width - 1, all.height);
	canvas_fill(all, lines->width, 0, 1, all.height, VERTICAL, STYLE_FRAME);
	return area_part(all, lines->width + 1, 0, width, all.height);
}

struct area
pane_cut(struct area *lines, const struct pane_size *size)
{
	struct area all = *lines;
	int height;

	if (all.width >= size->wide)
		return cut_right(lines);
	height = all.height >= size->high ? size->lines : size->low > 0 && all.height >= size->low ? 1 : 0;
	*lines = area_part(all, 0, 0, all.width, all.height - height);
	if (height < 2)
		return area_part(all, 0, lines->height, all.width, height);
	canvas_line(area_part(all, 0, lines->height, all.width, 1), 0, HORIZONTAL, STYLE_FRAME);
	return area_part(all, 0, lines->height + 1, all.width, height - 1);
}
