/*
 * filters.c - capture filters (-f, -F, words) and the display filter (-Y), and
 * the one taken for the other.
 *
 * Both are compiled here for their faults, so that these are told before a
 * file is touched.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "capture/bpf.h"
#include "filter/field.h"
#include "parse.h"

/* Words of one filter, until end_filter(). */
static void
add_words(struct parse *p, slice words)
{
	if (p->words.n > 0)
		buf_add_byte(&p->words, ' ');
	buf_add(&p->words, words);
}

/* A filter ends here; several must all match. */
static int
end_filter(struct parse *p)
{
	slice words = slice_trim(buf_slice(&p->words));

	if (words.n > 0 && p->filter.n == 0)
		buf_add(&p->filter, words);
	else if (words.n > 0) {
		struct buf first = p->filter;

		buf_init(&p->filter, LIMIT_BPF_TEXT);
		buf_printf(&p->filter, "(%.*s) and (%.*s)", (int)first.n, (const char *)first.p, (int)words.n, (const char *)words.p);
		buf_fini(&first);
	}
	buf_clear(&p->words);
	return p->filter.full ? usage("capture filter: longer than %zu bytes", (size_t)LIMIT_BPF_TEXT) : -1;
}

int
take_filter(struct parse *p, const char *text)
{
	add_words(p, slice_of(text));
	return end_filter(p);
}

int
take_filter_words(struct parse *p, char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_words(p, slice_of(words[i]));
	return end_filter(p);
}

const char *
join_words(struct parse *p, char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_words(p, slice_of(words[i]));
	return options_keep(p->o, (const char *)p->words.p, p->words.n);
}

int
take_filter_file(struct parse *p, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int failed;

	if (f == NULL)
		return usage("%s: %s", path, strerror(errno));
	while (getline(&line, &size, f) > 0) {
		slice text = slice_chomp(slice_of(line));

		if (!slice_starts(text, S("#")))
			add_words(p, text);
	}
	failed = ferror(f) ? errno : 0;
	free(line);
	fclose(f);
	return failed ? usage("%s: %s", path, strerror(failed)) : end_filter(p);
}

/* Why a filter is none, a line each. */
static int
refuse_filter(const struct buf *error)
{
	slice rest = buf_slice(error), line;
	const char *lead = "-Y: ";

	for (; rest.n > 0; lead = "") {
		slice_cut(rest, '\n', &line, &rest);
		usage("%s%.*s", lead, (int)line.n, (const char *)line.p);
	}
	return EXIT_USAGE;
}

static bool
is_capture_filter(const char *text)
{
	char why[256];
	struct bpf *bpf = *text != '\0' ? bpf_new(text, why, sizeof why) : NULL;
	bool is = bpf != NULL;

	bpf_free(&bpf);
	return is;
}

int
take_display_filter(struct parse *p, const char *text)
{
	struct options *o = p->o;
	struct buf error;
	int status = -1;

	if (o->display != NULL)
		return usage("-Y is there twice: join the filters with &&");
	buf_init(&error, 64 * KiB);
	o->display = filter_new(slice_of(text), &error);
	if (o->display == NULL)
		status = is_capture_filter(text) ? usage("this is a capture filter: use -f '%s'", text) : refuse_filter(&error);
	buf_fini(&error);
	return status;
}

/* A capture filter that is a display filter. One that looks so, and is none, has the words of its first field. */
bool
is_display_filter(const char *text)
{
	const char *from = text + strspn(text, " \t(!");
	slice word = { (const uint8_t *)from, strcspn(from, " \t()=!<>&|~") };
	struct buf error;
	struct filter *f;
	bool known = field_find(word) != NULL && memchr(word.p, '.', word.n) != NULL;

	buf_init(&error, 64 * KiB);
	f = filter_new(slice_of(text), &error);
	known |= f != NULL;
	filter_free(&f);
	buf_fini(&error);
	return known;
}

int
refuse_display_filter(const char *text)
{
	return usage("this is a display filter: use -Y '%s'", text);
}

int
check_filter(const struct options *o)
{
	char why[256];
	struct bpf *bpf;

	if (o->filter == NULL)
		return -1;
	bpf = bpf_new(o->filter, why, sizeof why);
	if (bpf == NULL)
		return is_display_filter(o->filter) ? refuse_display_filter(o->filter) : usage("%s", why);
	bpf_free(&bpf);
	return -1;
}
