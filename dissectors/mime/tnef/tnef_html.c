#include "tnef_html.h"

#include "base/charset.h"
#include "base/utf8.h"
#include "tnef_text.h"

enum state { TEXT, BACKSLASH, WORD, NUMBER, HEX, HEX_SECOND, BINARY };

enum { RUN = 1024, NUMBER_MAX = 100000000 };

enum tnef_wrapped
tnef_html_find(slice head)
{
	if (!slice_starts(head, S("{\\rtf")))
		return TNEF_WRAPPED_NOT;
	for (; head.n > 0; head = slice_drop(head, 1)) {
		if (slice_starts(head, S("\\fromhtml")))
			return TNEF_WRAPPED_HTML;
		if (slice_starts(head, S("\\fromtext")))
			return TNEF_WRAPPED_TEXT;
	}
	return TNEF_WRAPPED_NOT;
}

void
tnef_html_init(struct tnef_html *h, void *self, void (*bytes)(void *self, slice))
{
	*h = (struct tnef_html){ .self = self, .bytes = bytes, .state = TEXT, .codepage = TNEF_CODEPAGE };
	buf_init(&h->run, RUN);
	buf_init(&h->text, 3 * RUN);
}

/* What comes out */

static struct tnef_group *
innermost(struct tnef_html *h)
{
	static const struct tnef_group outside = { .skip = true };

	if (h->depth == 0)
		h->group[0] = outside;
	return &h->group[h->depth > 0 ? h->depth - 1 : 0];
}

static bool
is_content(struct tnef_html *h)
{
	const struct tnef_group *g = innermost(h);

	return h->deeper == 0 && !g->skip && (g->tag || !g->rtf);
}

static void
flush_run(struct tnef_html *h)
{
	char label[TNEF_LABEL];

	if (h->run.n == 0)
		return;
	buf_clear(&h->text);
	charset_to_utf8(tnef_charset(h->codepage, label), buf_slice(&h->run), &h->text);
	buf_clear(&h->run);
	if (h->text.n > 0)
		h->bytes(h->self, buf_slice(&h->text));
}

/* In the code page, in which a character may be two bytes. */
static void
put_byte(struct tnef_html *h, uint8_t c)
{
	if (h->skip > 0) {
		h->skip--;
		return;
	}
	if (!is_content(h))
		return;
	if (h->run.n == RUN)
		flush_run(h);
	buf_add_byte(&h->run, c);
}

static void
put_text(struct tnef_html *h, slice text)
{
	if (!is_content(h) || text.n == 0)
		return;
	flush_run(h);
	h->bytes(h->self, text);
}

/* A number of sixteen bits, signed; beyond the basic plane there are two. */
static void
put_unicode(struct tnef_html *h)
{
	uint16_t unit = (uint16_t)(h->negative ? -h->number : h->number);
	uint32_t character = unit;
	uint8_t bytes[4];

	h->skip = innermost(h)->uc;
	if (unit >= 0xd800 && unit < 0xdc00) {
		h->high = unit;
		return;
	}
	if (h->high != 0 && unit >= 0xdc00 && unit < 0xe000)
		character = 0x10000 + ((uint32_t)(h->high - 0xd800) << 10) + (uint32_t)(unit - 0xdc00);
	h->high = 0;
	put_text(h, (slice){ bytes, utf8_put(character, bytes) });
}

/* Control words */

static bool
is_word(const struct tnef_html *h, const char *word)
{
	return strcmp(h->word, word) == 0;
}

/* Those that stand for text (MS-OXRTFEX 3.1.3.1.5). */
static bool
put_known(struct tnef_html *h)
{
	static const struct { const char *word; slice text; } known[] = {
		{ "par", SLICE("\r\n") }, { "line", SLICE("\r\n") }, { "tab", SLICE("\t") }, { "lquote", SLICE("‘") },
		{ "rquote", SLICE("’") }, { "ldblquote", SLICE("“") }, { "rdblquote", SLICE("”") }, { "bullet", SLICE("•") },
		{ "endash", SLICE("–") }, { "emdash", SLICE("—") },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (is_word(h, known[i].word)) {
			put_text(h, known[i].text);
			return true;
		}
	}
	return false;
}

static bool
is_destination(const struct tnef_html *h)
{
	static const char *const destinations[] = { "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer",
		"pntext", "mhtmltag" };

	for (size_t i = 0; i < sizeof destinations / sizeof *destinations; i++)
		if (is_word(h, destinations[i]))
			return true;
	return false;
}

static void
do_word(struct tnef_html *h)
{
	struct tnef_group *g = innermost(h);
	bool star = h->star;

	h->star = false;
	if (is_word(h, "htmltag") && star) {
		g->tag = true;
	} else if (star || is_destination(h)) {
		g->skip = true;
	} else if (is_word(h, "htmlrtf")) {
		flush_run(h);
		g->rtf = !h->has_number || h->number != 0;
	} else if (is_word(h, "ansicpg")) {
		h->codepage = h->number;
	} else if (is_word(h, "uc")) {
		g->uc = h->number < UINT8_MAX ? (uint8_t)h->number : UINT8_MAX;
	} else if (is_word(h, "u")) {
		put_unicode(h);
	} else if (!put_known(h) && is_word(h, "bin")) {
		h->skip = h->number;
	}
}

static void
begin_word(struct tnef_html *h)
{
	h->nword = 0;
	h->number = 0;
	h->negative = h->has_number = false;
	h->skip = 0;
	h->state = WORD;
}

static void
end_word(struct tnef_html *h)
{
	h->word[h->nword] = '\0';
	h->state = TEXT;
	do_word(h);
	if (is_word(h, "bin") && h->skip > 0)
		h->state = BINARY;
}

/* Reading */

static void
open_group(struct tnef_html *h)
{
	static const struct tnef_group first = { .uc = 1 };

	h->skip = 0;
	if (h->depth == LIMIT_RTF_DEPTH) {
		h->deeper++;
		return;
	}
	flush_run(h);
	h->group[h->depth] = h->depth > 0 ? h->group[h->depth - 1] : first;
	h->depth++;
}

static void
close_group(struct tnef_html *h)
{
	h->skip = 0;
	flush_run(h);
	if (h->deeper > 0)
		h->deeper--;
	else if (h->depth > 0)
		h->depth--;
}

static void
read_text(struct tnef_html *h, uint8_t c)
{
	if (c == '{')
		open_group(h);
	else if (c == '}')
		close_group(h);
	else if (c == '\\')
		h->state = BACKSLASH;
	else if (c != '\r' && c != '\n')
		put_byte(h, c);
}

static void
read_backslash(struct tnef_html *h, uint8_t c)
{
	h->state = TEXT;
	if (char_is_alpha(c)) {
		begin_word(h);
		h->word[h->nword++] = (char)c;
	} else if (c == '\'') {
		h->state = HEX;
	} else if (c == '*') {
		h->star = true;
	} else if (c == '\r' || c == '\n') {
		put_text(h, S("\r\n"));
	} else if (c == '~') {
		put_text(h, S("\xc2\xa0"));
	} else if (c == '{' || c == '}' || c == '\\') {
		put_byte(h, c);
	}
}

/* Returns whether the byte belonged to the word: a blank does, that ends it. */
static bool
read_word(struct tnef_html *h, uint8_t c)
{
	if (h->state == WORD && char_is_alpha(c)) {
		if (h->nword < sizeof h->word - 1)
			h->word[h->nword++] = (char)c;
		return true;
	}
	if (h->state == WORD && c == '-') {
		h->negative = true;
		h->state = NUMBER;
		return true;
	}
	if (char_is_digit(c)) {
		h->state = NUMBER;
		h->has_number = true;
		if (h->number < NUMBER_MAX)
			h->number = h->number * 10 + (uint32_t)(c - '0');
		return true;
	}
	end_word(h);
	return c == ' ';
}

static void
read_hex(struct tnef_html *h, uint8_t c)
{
	int digit = char_hex(c);

	if (digit < 0) {
		h->state = TEXT;
		return;
	}
	if (h->state == HEX) {
		h->hex = (uint8_t)digit;
		h->state = HEX_SECOND;
		return;
	}
	h->state = TEXT;
	put_byte(h, (uint8_t)(h->hex << 4 | digit));
}

static void
read_byte(struct tnef_html *h, uint8_t c)
{
	if ((h->state == WORD || h->state == NUMBER) && read_word(h, c))
		return;
	switch ((enum state)h->state) {
	case BACKSLASH:
		read_backslash(h, c);
		break;
	case HEX:
	case HEX_SECOND:
		read_hex(h, c);
		break;
	case BINARY:
		if (--h->skip == 0)
			h->state = TEXT;
		break;
	case TEXT:
	case WORD:
	case NUMBER:
		read_text(h, c);
		break;
	}
}

void
tnef_html_feed(struct tnef_html *h, slice in)
{
	for (size_t i = 0; i < in.n; i++)
		read_byte(h, in.p[i]);
}

void
tnef_html_fini(struct tnef_html *h)
{
	if (h->bytes != NULL)
		flush_run(h);
	buf_fini(&h->run);
	buf_fini(&h->text);
}

size_t
tnef_html_memory(const struct tnef_html *h)
{
	return h->run.cap + h->text.cap;
}
