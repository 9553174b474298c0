/*
 * nearest.c - which names may have been meant?
 */
#include <stdlib.h>
#include <string.h>

#include "base/chars.h"
#include "field.h"

enum { LONGEST = 48, SHOWN = 3, FAR = 1000 };

/* Insertions, deletions, replacements and swaps of neighbours that make one of the other; case is nothing. */
static int
distance(slice a, slice b)
{
	int row[3][LONGEST + 1] = { { 0 } };

	if (a.n > LONGEST || b.n > LONGEST)
		return FAR;
	for (int j = 0; j <= (int)b.n; j++)
		row[0][j] = j;
	for (int i = 1; i <= (int)a.n; i++) {
		int *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];

		now[0] = i;
		for (int j = 1; j <= (int)b.n; j++) {
			uint8_t x = char_lower(a.p[i - 1]), y = char_lower(b.p[j - 1]);
			int best = before[j - 1] + (x != y);

			best = before[j] + 1 < best ? before[j] + 1 : best;
			best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
			if (i > 1 && j > 1 && x == char_lower(b.p[j - 2]) && y == char_lower(a.p[i - 2]) && two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[a.n % 3][b.n];
}

static slice
last_piece(slice name)
{
	for (size_t i = name.n; i > 0; i--)
		if (name.p[i - 1] == '.')
			return slice_drop(name, i);
	return name;
}

/* How unlike they are: 0 is best. A name that ends or begins as the word does is near, however long it is. */
static int
unlike(slice word, slice name)
{
	int whole = distance(word, name), piece = distance(last_piece(word), last_piece(name));
	int most = word.n < 4 ? 1 : (int)word.n / 4 + 1;

	if (word.n >= 3 && (slice_ieq(last_piece(name), word) || slice_ieq(last_piece(name), last_piece(word))))
		return 1;
	if (word.n >= 3 && slice_istarts(name, word))
		return 2;
	if (whole <= most)
		return whole;
	return word.n >= 4 && piece <= (int)last_piece(word).n / 4 ? 2 + piece : FAR;
}

/* What others call them, or what one calls them at first. */
static const struct { slice said, meant; } synonyms[] = {
	{ SLICE("mime.name"), SLICE("mime.filename") }, { SLICE("attachment.name"), SLICE("mime.filename") }, { SLICE("attachment"), SLICE("mime.filename") },
	{ SLICE("file.name"), SLICE("mime.filename") }, { SLICE("smtp.from"), SLICE("smtp.mail_from") }, { SLICE("mailfrom"), SLICE("smtp.mail_from") },
	{ SLICE("sender"), SLICE("smtp.mail_from") }, { SLICE("from"), SLICE("imf.from") }, { SLICE("to"), SLICE("imf.to") }, { SLICE("cc"), SLICE("imf.cc") },
	{ SLICE("smtp.to"), SLICE("smtp.rcpt_to") }, { SLICE("rcptto"), SLICE("smtp.rcpt_to") }, { SLICE("recipient"), SLICE("smtp.rcpt_to") },
	{ SLICE("frame.number"), SLICE("message.first_packet") }, { SLICE("tcp.stream"), SLICE("session.number") }, { SLICE("smtp.auth.password"), SLICE("smtp.auth.user") },
	{ SLICE("ip.geoip"), SLICE("ip.addr") }, { SLICE("port"), SLICE("tcp.port") }, { SLICE("host"), SLICE("ip.addr") }, { SLICE("src"), SLICE("ip.src") },
	{ SLICE("dst"), SLICE("ip.dst") }, { SLICE("ehlo"), SLICE("smtp.helo") }, { SLICE("http.host"), SLICE("url.host") }, { SLICE("email.subject"), SLICE("imf.subject") },
};

struct near { slice name; int unlike; };

/* Keeps the best, earlier ones first among equals. */
static void
consider(struct near near[SHOWN], slice word, slice name)
{
	struct near new = { name, unlike(word, name) };

	for (size_t i = 0; i < SHOWN && new.unlike < FAR; i++)
		if (near[i].name.p == NULL || new.unlike < near[i].unlike) {
			struct near old = near[i];

			near[i] = new;
			new = old;
			if (new.name.p == NULL)
				break;
		}
}

static void
say(struct buf *out, const struct near near[SHOWN])
{
	for (size_t i = 0; i < SHOWN && near[i].name.p != NULL; i++) {
		bool last = i + 1 == SHOWN || near[i + 1].name.p == NULL;

		buf_text(out, i == 0 ? "; did you mean " : last ? " or " : ", ");
		buf_add(out, near[i].name);
		buf_text(out, last ? "?" : "");
	}
}

void
nearest_fields(struct buf *out, slice word)
{
	struct near near[SHOWN] = { { { NULL, 0 }, 0 } };

	for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++)
		if (slice_ieq(word, synonyms[i].said)) {
			near[0].name = synonyms[i].meant;
			say(out, near);
			return;
		}
	for (size_t i = 0; i < nfields; i++)
		consider(near, word, slice_of(fields[i].name));
	say(out, near);
}

void
nearest_words(struct buf *out, slice word, const char *(*word_at)(size_t))
{
	struct near near[SHOWN] = { { { NULL, 0 }, 0 } };
	const char *name;

	for (size_t i = 0; (name = word_at(i)) != NULL; i++)
		consider(near, word, slice_of(name));
	say(out, near);
}
