/*
 * glyph.h - text from anywhere, as what stands in cells.
 *
 * A glyph is a character that takes one column or two, with its combining
 * marks. What is no text (controls, bidi, bytes that are not UTF-8) comes as
 * its escape (base/clean.h), letter by letter. Joiners, variation selectors
 * and skin tones are left out: terminals do not agree about how wide they
 * make what they stand beside. A mark with nothing before it stands on a
 * blank, and so does each GLYPH_FLOOD-th one in a row, so that the time for a
 * column is bounded, and a flood is seen.
 */
#ifndef GLYPH_H
#define GLYPH_H

#include "canvas.h"

enum { GLYPH_FLOOD = 16, GLYPH_ESCAPE = 16 };

struct glyph { uint32_t character, mark[CELL_MARKS]; int columns; };

struct glyph_reader {
	slice rest;
	uint8_t escape[GLYPH_ESCAPE];	/* of the character that was read last … */
	size_t at, n;			/* … and what of it was not told yet */
};

struct glyph_reader glyph_reader(slice);
bool glyph_next(struct glyph_reader *, struct glyph *glyph_r);		/* false: that was all */
/* A character that is drawn as it is; of anything else '?'. */
uint32_t glyph_safe(uint32_t character);
/* What stands for it where there is only ASCII: lines become - | +, arrows < >, shades # : . and what nobody knows '?'. */
char glyph_ascii(uint32_t character);

#endif
