/*
 * payload.c - the forms in which a talk writes bytes down.
 *
 *	: text			the text and CRLF
 *	| text			the text alone
 *	hex 16 03 01		bytes
 *	base64 AAECAw==
 *	file NAME		a file that stands beside the talk, as it is
 *	repeat N: text		(or |) N times; \i is the count
 *
 * Escapes of text: \r \n \t \0 \\ \xNN, and \i for the count of a loop or a
 * repeat, with four digits at least.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/chars.h"
#include "base/err.h"
#include "talk.h"

/* Takes one escape off the front of *text, which stands behind the backslash. */
static bool
escape_read(slice *text, unsigned count, struct buf *out)
{
	static const struct { char name; uint8_t byte; } escapes[] = {
		{ 'r', '\r' }, { 'n', '\n' }, { 't', '\t' }, { '0', '\0' }, { '\\', '\\' },
	};
	uint8_t c = text->n > 0 ? text->p[0] : ' ';

	for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++)
		if (c == (uint8_t)escapes[i].name) {
			*text = slice_drop(*text, 1);
			return buf_add_byte(out, escapes[i].byte);
		}
	if (c == 'i') {
		*text = slice_drop(*text, 1);
		return buf_printf(out, "%04u", count);
	}
	if (c != 'x' || text->n < 3 || char_hex(text->p[1]) < 0 || char_hex(text->p[2]) < 0)
		return false;
	buf_add_byte(out, (uint8_t)(char_hex(text->p[1]) << 4 | char_hex(text->p[2])));
	*text = slice_drop(*text, 3);
	return true;
}

const char *
payload_text(slice text, unsigned count, struct buf *out)
{
	slice plain;

	while (slice_cut(text, '\\', &plain, &text)) {
		buf_add(out, plain);
		if (!escape_read(&text, count, out))
			return "the escapes are \\r \\n \\t \\0 \\\\ \\i \\xNN";
	}
	buf_add(out, plain);
	return NULL;
}

static const char *
read_hex(slice text, struct buf *out)
{
	int high = -1;

	for (size_t i = 0; i < text.n; i++) {
		int digit = char_hex(text.p[i]);

		if (high < 0 && char_is_blank(text.p[i]))
			continue;
		if (digit < 0)
			return "hex digits come in pairs";
		if (high >= 0)
			buf_add_byte(out, (uint8_t)(high << 4 | digit));
		high = high >= 0 ? -1 : digit;
	}
	return high < 0 ? NULL : "hex digits come in pairs";
}

static const char *
read_base64(slice text, struct buf *out)
{
	uint8_t *bytes = xcalloc(text.n / 4 * 3 + 3, 1);
	size_t n;
	bool good = base64_decode(slice_trim(text), false, bytes, &n);

	if (good)
		buf_add(out, (slice){ bytes, n });
	free(bytes);
	return good ? NULL : "this is not base64";
}

static const char *
read_file(slice name, const char *beside, struct buf *out)
{
	const char *slash = strrchr(beside, '/');
	char path[1024], block[4096];
	FILE *f;
	size_t n;

	name = slice_trim(name);
	snprintf(path, sizeof path, "%.*s%.*s", slash ? (int)(slash - beside + 1) : 0, beside, (int)name.n, (const char *)name.p);
	f = fopen(path, "rb");
	if (f == NULL)
		return "cannot open that file";
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(out, (slice){ (uint8_t *)block, n });
	fclose(f);
	return NULL;
}

/* Behind ':' or '|': one blank belongs to the form, the rest is text. */
static const char *
read_said(slice form, unsigned count, struct buf *out)
{
	bool line = form.p[0] == ':';
	const char *wrong;

	form = slice_drop(form, 1);
	if (form.n > 0 && form.p[0] == ' ')
		form = slice_drop(form, 1);
	wrong = payload_text(form, count, out);
	if (line)
		buf_add(out, S("\r\n"));
	return wrong;
}

static bool
is_said(slice form)
{
	return form.n > 0 && (form.p[0] == ':' || form.p[0] == '|');
}

static const char *
read_repeat(slice form, struct buf *out)
{
	size_t i = 0;
	uint64_t times;
	const char *wrong = NULL;

	while (i < form.n && char_is_digit(form.p[i]))
		i++;
	if (!slice_number(slice_take(form, i), &times) || !is_said(slice_drop(form, i)))
		return "it reads: repeat N: text";
	for (uint64_t k = 1; k <= times && wrong == NULL; k++)
		wrong = read_said(slice_drop(form, i), (unsigned)k, out);
	return wrong;
}

const char *
payload_read(slice form, const char *beside, unsigned count, struct buf *out)
{
	slice word, rest;

	if (is_said(form))
		return read_said(form, count, out);
	slice_cut(form, ' ', &word, &rest);
	if (slice_eq(word, S("hex")))
		return read_hex(rest, out);
	if (slice_eq(word, S("base64")))
		return read_base64(rest, out);
	if (slice_eq(word, S("file")))
		return read_file(rest, beside, out);
	if (slice_eq(word, S("repeat")))
		return read_repeat(rest, out);
	return "bytes are written : text, | text, hex, base64, file, repeat N: text, or {";
}
