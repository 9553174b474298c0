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

char
glyph_ascii(uint32_t c)
{
	/* Ranges, the first that fits counts. */
	static const struct { uint32_t first, last; char ascii; } table[] = {
		{ 0x20, 0x7e, 0 }, { 0xa0, 0xa0, ' ' }, { 0xab, 0xab, '<' }, { 0xb5, 0xb5, 'u' },
		{ 0xb7, 0xb7, '.' }, { 0xbb, 0xbb, '>' }, { 0xd7, 0xd7, 'x' }, { 0x394, 0x394, 'd' },
		{ 0x3bc, 0x3bc, 'u' }, { 0x2010, 0x2015, '-' }, { 0x2018, 0x201b, '\'' }, { 0x201c, 0x201f, '"' },
		{ 0x2020, 0x2021, '+' }, { 0x2022, 0x2022, '*' }, { 0x2024, 0x2027, '.' }, { 0x2039, 0x2039, '<' },
		{ 0x203a, 0x203a, '>' }, { 0x2190, 0x2190, '<' }, { 0x2191, 0x2191, '^' }, { 0x2192, 0x2192, '>' },
		{ 0x2193, 0x2193, 'v' }, { 0x2194, 0x2194, '-' }, { 0x21b3, 0x21b3, '`' }, { 0x21d0, 0x21d0, '<' },
		{ 0x21d2, 0x21d2, '>' }, { 0x2212, 0x2212, '-' }, { 0x2219, 0x2219, '.' }, { 0x2248, 0x2248, '~' },
		{ 0x2260, 0x2260, '#' }, { 0x2264, 0x2264, '<' }, { 0x2265, 0x2265, '>' }, { 0x22ef, 0x22ef, '.' },
		{ 0x2500, 0x2501, '-' }, { 0x2502, 0x2503, '|' }, { 0x2504, 0x2505, '-' }, { 0x2506, 0x2507, '|' },
		{ 0x2508, 0x2509, '-' }, { 0x250a, 0x250b, '|' }, { 0x254c, 0x254d, '-' }, { 0x254e, 0x254f, '|' },
		{ 0x2550, 0x2550, '-' }, { 0x2551, 0x2551, '|' }, { 0x2571, 0x2571, '/' },
		{ 0x2572, 0x2572, '\\' }, { 0x2573, 0x2573, 'x' }, { 0x2574, 0x2574, '-' },
		{ 0x2575, 0x2575, '|' }, { 0x2576, 0x2576, '-' }, { 0x2577, 0x2577, '|' }, { 0x2578, 0x2578, '-' },
		{ 0x2579, 0x2579, '|' }, { 0x257a, 0x257a, '-' }, { 0x257b, 0x257b, '|' }, { 0x257c, 0x257c, '-' },
		{ 0x257d, 0x257d, '|' }, { 0x257e, 0x257e, '-' }, { 0x257f, 0x257f, '|' }, { 0x2500, 0x257f, '+' },
		{ 0x2581, 0x2583, '_' }, { 0x2580, 0x258b, '#' }, { 0x258c, 0x258f, '|' }, { 0x2590, 0x2590, '|' },
		{ 0x2591, 0x2591, '.' }, { 0x2592, 0x2592, ':' }, { 0x2593, 0x2593, '%' }, { 0x2594, 0x259f, '#' },
		{ 0x25a0, 0x25a0, '#' }, { 0x25a1, 0x25a1, 'o' }, { 0x25aa, 0x25aa, '*' }, { 0x25b2, 0x25b5, '^' },
		{ 0x25b6, 0x25bb, '>' }, { 0x25bc, 0x25bf, 'v' }, { 0x25c0, 0x25c5, '<' }, { 0x25c6, 0x25c6, '*' },
		{ 0x25c7, 0x25c7, 'o' }, { 0x25cb, 0x25cb, 'o' }, { 0x25cf, 0x25cf, '*' }, { 0x2605, 0x2605, '*' },
		{ 0x26a0, 0x26a0, '!' }, { 0x2713, 0x2714, '+' }, { 0x2715, 0x2718, 'x' }, { 0x276e, 0x276e, '<' },
		{ 0x276f, 0x276f, '>' }, { 0x279c, 0x279e, '>' }, { 0x27e8, 0x27e8, '<' }, { 0x27e9, 0x27e9, '>' },
		{ 0x2800, 0x28ff, ':' },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (c >= table[i].first && c <= table[i].last)
			return table[i].ascii != 0 ? table[i].ascii : (char)c;
	return '?';
}
