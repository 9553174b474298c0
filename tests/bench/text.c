/*
 * text.c - how fast text parts are read: plain text and HTML, made here, for
 * their URLs alone (as JSON wants it) and with their text.
 *
 *	text		prints MB of content a second of CPU, each the best of five
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dissectors/mime/text/text.h"

enum { SIZE = 16 << 20, PIECE = 1448, RUNS = 5 };

static size_t told;

static void
on_text(void *self, slice text)
{
	(void)self;
	told += text.n;
}

static void
on_url(void *self, const struct text_url *u)
{
	(void)self;
	told += u->url.n;
}

static double
cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + 1e-6 * (double)u.ru_utime.tv_usec;
}

static void
read_part(enum text_form form, const char *charset, slice in, bool text)
{
	const struct text_user user = { NULL, text ? on_text : NULL, on_url, NULL };
	struct text_stream *s = text_new(form, slice_of(charset), TEXT_FIXED, &user);

	for (; in.n > 0; in = slice_drop(in, PIECE))
		text_feed(s, slice_take(in, PIECE));
	text_finish(s);
	text_free(&s);
}

static void
measure(const char *what, enum text_form form, const char *charset, slice in)
{
	for (int text = 0; text < 2; text++) {
		double best = 1e9;

		for (int i = 0; i < RUNS; i++) {
			double since = cpu();

			read_part(form, charset, in, text);
			if (cpu() - since < best)
				best = cpu() - since;
		}
		printf("%-16s %-14s %-12s %6.0f MB/s\n", what, charset, text ? "text, URLs" : "URLs", (double)in.n / best / 1e6);
	}
}

/* Letters of a person: words, a link now and then. */
static void
make_plain(struct buf *out, const char *words)
{
	for (unsigned n = 0; out->n < SIZE; n++) {
		buf_text(out, words);
		buf_text(out, n % 12 == 11 ? " https://www.example.org/a/page?id=1\r\n" : "\r\n");
	}
}

static void
make_newsletter(struct buf *out)
{
	for (unsigned n = 0; out->n < SIZE; n++)
		buf_printf(out, "<tr>\r\n <td valign=\"top\" style=\"padding:10px 20px;font-family:Arial,sans-serif;font-size:14px;color:#333333;\">"
		    "News of the day &ndash; and there is a lot of it, as everybody who has read the last ones knows well enough.<br>\r\n"
		    "<a href=\"https://click.example.com/?qs=5c2f8e1a9b3d4f6071829304a5b6c7d8&amp;n=%u\" target=\"_blank\" "
		    "style=\"color:#0066cc;text-decoration:none;\">Read more &raquo;</a></td>\r\n"
		    " <td><img src=\"https://img.example.com/%u.png\" width=\"600\" height=\"200\" alt=\"Picture\" border=\"0\"></td>\r\n</tr>\r\n", n, n);
}

int
main(void)
{
	struct buf in;

	buf_init(&in, SIZE + KiB);
	make_plain(&in, "When the mail comes in, somebody reads it: that is the whole of the plan, I think.");
	measure("plain", TEXT_PLAIN, "us-ascii", buf_slice(&in));
	measure("plain", TEXT_PLAIN, "utf-8", buf_slice(&in));
	measure("plain", TEXT_PLAIN, "iso-8859-15", buf_slice(&in));
	buf_clear(&in);
	make_plain(&in, "Wenn die Post k\xc3\xb6mmt, liest sie wer: \xd1\x82\xd0\xb0\xd0\xba\xd0\xbe\xd0\xb2 \xd0\xbf\xd0\xbb\xd0\xb0\xd0\xbd, \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.");
	measure("plain, not ASCII", TEXT_PLAIN, "utf-8", buf_slice(&in));
	buf_clear(&in);
	make_plain(&in, "\x1b$B$3$l$OF|K\\8l$N%a!<%k$G$9!#$h$m$7$/$*4j$$$7$^$9!#\x1b(B");
	measure("plain", TEXT_PLAIN, "iso-2022-jp", buf_slice(&in));
	buf_clear(&in);
	make_newsletter(&in);
	measure("newsletter", TEXT_HTML, "utf-8", buf_slice(&in));
	buf_fini(&in);
	return told == 0;
}
