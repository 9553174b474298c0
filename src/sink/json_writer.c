#include "json_writer.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/clean.h"
#include "base/err.h"

static void
put(struct json *j, const void *p, size_t n)
{
	struct buf *b = &j->out;

	if (b->cap - b->n < n)
		buf_reserve(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void
put_slice(struct json *j, slice s)
{
	if (s.n > 0)
		put(j, s.p, s.n);
}

/* Whatever does not open an object or a list has something before it. A value's last byte is never one of these. */
static void
lead(struct json *j, slice key)
{
	uint8_t last = j->out.n ? j->out.p[j->out.n - 1] : '\n';

	if (last != '{' && last != '[' && last != '\n')
		put(j, ",", 1);
	put_slice(j, key);
}

void
json_init(struct json *j)
{
	*j = (struct json){ .digits = 6, .text_max = SIZE_MAX, .second = INT64_MIN };
	buf_init(&j->out, SIZE_MAX / 2);
}

void
json_fini(struct json *j)
{
	buf_fini(&j->out);
}

void
json_clear(struct json *j)
{
	buf_clear(&j->out);
	j->ncut = 0;
}

void
json_begin(struct json *j, slice key)
{
	lead(j, key);
	put(j, "{", 1);
}

void
json_end(struct json *j)
{
	put(j, "}", 1);
}

void
json_list(struct json *j, slice key)
{
	lead(j, key);
	put(j, "[", 1);
}

void
json_list_end(struct json *j)
{
	put(j, "]", 1);
}

static void
put_number(struct json *j, uint64_t v)
{
	char text[20];
	size_t at = sizeof text;

	do
		text[--at] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	put(j, text + at, sizeof text - at);
}

void
json_number(struct json *j, slice key, uint64_t v)
{
	lead(j, key);
	put_number(j, v);
}

void
json_integer(struct json *j, slice key, int64_t v)
{
	lead(j, key);
	if (v < 0)
		put(j, "-", 1);
	put_number(j, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void
json_bool(struct json *j, slice key, bool v)
{
	lead(j, key);
	put_slice(j, v ? S("true") : S("false"));
}

void
json_word(struct json *j, slice key, const char *word)
{
	if (word == NULL)
		return;
	lead(j, key);
	put(j, "\"", 1);
	put(j, word, strlen(word));
	put(j, "\"", 1);
}

/* The name inside of "name": */
static slice
name_of(slice key)
{
	return key.n > 3 ? slice_take(slice_drop(key, 1), key.n - 3) : S("text");
}

void
json_note_cut(struct json *j, slice name)
{
	for (size_t i = 0; i < j->ncut; i++)
		if (slice_eq(j->cut[i], name))
			return;
	if (j->ncut < JSON_CUT_KEYS)
		j->cut[j->ncut++] = name;
}

/* Not inside a character. */
static slice
shorten(struct json *j, slice key, slice s)
{
	size_t n = j->text_max;

	if (s.n <= n)
		return s;
	for (int i = 0; i < 3 && n > 0 && (s.p[n] & 0xc0) == 0x80; i++)
		n--;
	json_note_cut(j, name_of(key));
	return slice_take(s, n);
}

static void
put_base64(struct json *j, slice s)
{
	struct buf *b = &j->out;

	put(j, "\"", 1);
	buf_reserve(b, BASE64_SIZE(s.n));
	b->n += base64_encode(s, (char *)b->p + b->n);
	put(j, "\"", 1);
}

/* true: the text was not UTF-8. */
static bool
put_text(struct json *j, slice s)
{
	unsigned found;

	put(j, "\"", 1);
	found = clean_add(&j->out, s, CLEAN_JSON);
	put(j, "\"", 1);
	return found & CLEANED_INVALID;
}

static void
lead_b64(struct json *j, slice key)
{
	put(j, ",\"", 2);
	put_slice(j, name_of(key));
	put(j, "_b64\":", 6);
}

void
json_text(struct json *j, slice key, slice s)
{
	if (s.p == NULL)
		return;
	s = shorten(j, key, s);
	lead(j, key);
	if (put_text(j, s) && key.n > 0) {
		lead_b64(j, key);
		put_base64(j, s);
	}
}

void
json_texts(struct json *j, slice key, const slice *list, size_t n)
{
	bool invalid = false;

	json_list(j, key);
	for (size_t i = 0; i < n; i++) {
		lead(j, JSON_ITEM);
		invalid |= put_text(j, shorten(j, key, list[i]));
	}
	json_list_end(j);
	if (!invalid)
		return;
	lead_b64(j, key);
	put(j, "[", 1);
	for (size_t i = 0; i < n; i++) {
		lead(j, JSON_ITEM);
		put_base64(j, shorten(j, key, list[i]));
	}
	json_list_end(j);
}

/* The first `digits` of the nine. */
static void
put_fraction(struct json *j, uint32_t ns, int digits)
{
	char text[10] = ".";

	for (int i = 9; i > 0; i--) {
		text[i] = (char)('0' + ns % 10);
		ns /= 10;
	}
	put(j, text, (size_t)digits + 1);
}

void
json_time(struct json *j, slice key, nstime t)
{
	int64_t second = t / NSTIME_S - (t % NSTIME_S < 0);

	if (t == NSTIME_NONE)
		return;
	if (second != j->second) {
		nstime_utc(t, 0, j->date);
		j->date[strlen(j->date) - 1] = '\0';		/* the Z comes behind the fraction */
		j->second = second;
	}
	lead(j, key);
	put(j, "\"", 1);
	put(j, j->date, strlen(j->date));
	if (j->digits > 0)
		put_fraction(j, (uint32_t)(t % NSTIME_S + (t % NSTIME_S < 0 ? NSTIME_S : 0)), j->digits);
	put(j, "Z\"", 2);
}

/* As many digits as it has, but one at least: then no reader takes one duration for an integer and the next for a float. */
void
json_seconds(struct json *j, slice key, nstime t)
{
	uint64_t ns = t < 0 ? 0 - (uint64_t)t : (uint64_t)t;
	uint32_t fraction = (uint32_t)(ns % (uint64_t)NSTIME_S);
	int digits = 9;

	if (t == NSTIME_NONE)
		return;
	lead(j, key);
	if (t < 0)
		put(j, "-", 1);
	put_number(j, ns / (uint64_t)NSTIME_S);
	for (uint32_t rest = fraction; digits > 1 && rest % 10 == 0; rest /= 10)
		digits--;
	put_fraction(j, fraction, digits);
}

void
json_hex(struct json *j, slice key, slice s)
{
	lead(j, key);
	put(j, "\"", 1);
	for (size_t i = 0; i < s.n; i++) {
		static const char digit[] = "0123456789abcdef";
		char two[2] = { digit[s.p[i] >> 4], digit[s.p[i] & 15] };

		put(j, two, 2);
	}
	put(j, "\"", 1);
}

void
json_line_end(struct json *j)
{
	put(j, "\n", 1);
}
