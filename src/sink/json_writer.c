#include "json_writer.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/clean.h"
#include "base/digits.h"
#include "base/err.h"

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
json_end(struct json *j)
{
	json_put(j, S("}"));
}

void
json_list_end(struct json *j)
{
	json_put(j, S("]"));
}

void
json_put_number(struct json *j, uint64_t v)
{
	struct buf *b = &j->out;

	buf_reserve(b, DIGITS_MAX);
	b->n = (size_t)((uint8_t *)digits_put((char *)b->p + b->n, v, 1) - b->p);
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

	json_put(j, S("\""));
	buf_reserve(b, BASE64_SIZE(s.n));
	b->n += base64_encode(s, (char *)b->p + b->n);
	json_put(j, S("\""));
}

/* true: the text was not UTF-8. */
static bool
put_text(struct json *j, slice s)
{
	unsigned found;

	json_put(j, S("\""));
	found = clean_add(&j->out, s, CLEAN_JSON);
	json_put(j, S("\""));
	return found & CLEANED_INVALID;
}

static void
lead_b64(struct json *j, slice key)
{
	json_put(j, S(",\""));
	json_put(j, name_of(key));
	json_put(j, S("_b64\":"));
}

void
json_text(struct json *j, slice key, slice s)
{
	if (s.n == 0)
		return;
	s = shorten(j, key, s);
	json_lead(j, key);
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
		json_lead(j, JSON_ITEM);
		invalid |= put_text(j, shorten(j, key, list[i]));
	}
	json_list_end(j);
	if (!invalid)
		return;
	lead_b64(j, key);
	json_put(j, S("["));
	for (size_t i = 0; i < n; i++) {
		json_lead(j, JSON_ITEM);
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
	json_put(j, (slice){ (uint8_t *)text, (size_t)digits + 1 });
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
	json_lead(j, key);
	json_put(j, S("\""));
	json_put(j, slice_of(j->date));
	if (j->digits > 0)
		put_fraction(j, (uint32_t)(t % NSTIME_S + (t % NSTIME_S < 0 ? NSTIME_S : 0)), j->digits);
	json_put(j, S("Z\""));
}

void
json_date(struct json *j, slice key, nstime t)
{
	int digits = j->digits;

	j->digits = 0;
	json_time(j, key, t);
	j->digits = digits;
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
	json_lead(j, key);
	if (t < 0)
		json_put(j, S("-"));
	json_put_number(j, ns / (uint64_t)NSTIME_S);
	for (uint32_t rest = fraction; digits > 1 && rest % 10 == 0; rest /= 10)
		digits--;
	put_fraction(j, fraction, digits);
}

void
json_hex(struct json *j, slice key, slice s)
{
	json_lead(j, key);
	json_put(j, S("\""));
	for (size_t i = 0; i < s.n; i++) {
		static const char digit[] = "0123456789abcdef";
		uint8_t two[2] = { (uint8_t)digit[s.p[i] >> 4], (uint8_t)digit[s.p[i] & 15] };

		json_put(j, (slice){ two, sizeof two });
	}
	json_put(j, S("\""));
}

void
json_line_end(struct json *j)
{
	json_put(j, S("\n"));
}
