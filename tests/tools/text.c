/*
 * text.c - a text part on stdin as the program reads it, on stdout.
 *
 *	text FORM CHARSET [STEP]	FORM: plain, flowed, html, enriched; the part, its URLs and findings on stderr
 *	text charset LABEL...		stdin in each charset: a line with label, result and length, then the UTF-8
 *
 * STEP: fed in pieces of so many bytes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/charset.h"
#include "base/limits.h"
#include "dissectors/mime/text/text.h"

static void
on_text(void *self, slice utf8)
{
	(void)self;
	fwrite(utf8.p, 1, utf8.n, stdout);
}

static void
on_url(void *self, const struct text_url *u)
{
	(void)self;
	fprintf(stderr, "%.*s host=%.*s text=%.*s\n", (int)u->url.n, (const char *)u->url.p, (int)u->host.n, (const char *)u->host.p,
	    (int)u->text.n, (const char *)u->text.p);
}

static void
on_note(void *self, enum finding finding, slice detail)
{
	(void)self;
	fprintf(stderr, "%s: %.*s\n", finding_info(finding)->id, (int)detail.n, (const char *)detail.p);
}

static int
show_part(const char *form, slice charset, slice in, size_t step)
{
	const struct text_user user = { NULL, on_text, on_url, on_note };
	enum text_form f = strcmp(form, "html") == 0 ? TEXT_HTML : strcmp(form, "enriched") == 0 ? TEXT_ENRICHED : TEXT_PLAIN;
	struct text_stream *s = text_new(f, charset, strcmp(form, "flowed") == 0 ? TEXT_FLOWED : TEXT_FIXED, &user);

	for (; in.n > 0; in = slice_drop(in, step))
		text_feed(s, slice_take(in, step));
	text_finish(s);
	text_free(&s);
	return 0;
}

static int
show_charsets(char **labels, slice in)
{
	static const char *const results[] = { "ok", "replaced", "unknown" };
	struct buf out;

	buf_init(&out, 64 * MiB);
	for (; *labels != NULL; labels++) {
		enum charset_result result;

		buf_clear(&out);
		result = charset_to_utf8(slice_of(*labels), in, &out);
		printf("%s %s %zu\n", *labels, results[result], out.n);
		on_text(NULL, buf_slice(&out));
		printf("\n");
	}
	buf_fini(&out);
	return 0;
}

int
main(int argc, char **argv)
{
	struct buf in;
	char block[4096];
	size_t n, step = argc > 3 ? (size_t)strtoull(argv[3], NULL, 10) : 0;

	if (argc < 3) {
		fprintf(stderr, "usage: text plain|flowed|html|enriched CHARSET [STEP]\n       text charset LABEL...\n");
		return 2;
	}
	buf_init(&in, 64 * MiB);
	while ((n = fread(block, 1, sizeof block, stdin)) > 0)
		buf_add(&in, (slice){ (uint8_t *)block, n });
	if (strcmp(argv[1], "charset") == 0)
		return show_charsets(argv + 2, buf_slice(&in));
	return show_part(argv[1], slice_of(argv[2]), buf_slice(&in), step > 0 ? step : SIZE_MAX);
}
