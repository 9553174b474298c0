#include "glyph.h"

#include "base/clean.h"

struct glyph_reader
glyph_reader(slice text)
{
	return (struct glyph_reader){ .rest = text };
}

/* Characters that only say how their neighbour shall look. */
static bool
is_dropped(uint32_t c)
{
	return c == 0x200c || c == 0x200d			/* joiners */
	    || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef)	/* variation selectors */
	    || (c >= 0x180b && c <= 0x180f)			/* the same of Mongolian */
	    || (c >= 0x1f3fb && c <= 0x1f3ff);			/* skin tones */
}

/* Is the character fit to be drawn? If not, its escape is begun. */
static bool
is_plain(struct glyph_reader *r, slice unit, uint32_t c)
{
	struct buf out = { .p = r->escape, .cap = sizeof r->escape, .max = sizeof r->escape };

	if (char_is_print((uint8_t)c) && c < 0x80)
		return true;
	clean_add(&out, unit, CLEAN_TERMINAL);
	if (slice_eq(buf_slice(&out), unit))
		return true;
	r->at = 0;
	r->n = out.n;
	return false;
}

/* The marks that follow; those for which the cell has no room are passed over. */
static void
take_marks(struct glyph_reader *r, struct glyph *glyph)
{
	unsigned kept = 0;

	for (unsigned seen = 0; r->rest.n > 0 && r->rest.p[0] >= 0x80 && seen < GLYPH_FLOOD; seen++) {
		uint32_t c;
		size_t n = utf8_take(r->rest, &c);

		if (is_dropped(c))
			;
		else if (utf8_columns(c) > 0 || !is_plain(r, slice_take(r->rest, n), c))
			break;
		else if (kept < CELL_MARKS)
			glyph->mark[kept++] = c;
		r->rest = slice_drop(r->rest, n);
	}
	r->at = r->n = 0;	/* what is no mark is read again */
}

bool
glyph_next(struct glyph_reader *r, struct glyph *glyph)
{
	uint32_t c;
	size_t n;

	*glyph = (struct glyph){ .columns = 1 };
	if (r->at < r->n) {
		glyph->character = r->escape[r->at++];
		return true;
	}
	if (r->rest.n == 0)
		return false;
	n = utf8_take(r->rest, &c);
	if (is_plain(r, slice_take(r->rest, n), c)) {
		bool lone = utf8_columns(c) == 0 || is_dropped(c);

		glyph->character = lone ? ' ' : c;
		glyph->columns = lone ? 1 : (int)utf8_columns(c);
		r->rest = slice_drop(r->rest, lone ? 0 : n);
		take_marks(r, glyph);
		return true;
	}
	r->rest = slice_drop(r->rest, n);
	glyph->character = r->escape[r->at++];
	return true;
}

uint32_t
glyph_safe(uint32_t character)
{
	uint8_t text[4];
	struct glyph_reader r = glyph_reader((slice){ text, utf8_put(character, text) });
	struct glyph glyph;

	glyph_next(&r, &glyph);
	return r.at < r.n || glyph.mark[0] != 0 || is_dropped(character) ? '?' : glyph.character;
}
