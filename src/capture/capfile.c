#include "capfile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clean.h"
#include "base/err.h"
#include "base/limits.h"

static const struct format *const formats[] = { &pcap_format, &pcapng_format };

void
intake_init(struct intake *in, const struct source_user *user, bool quiet)
{
	*in = (struct intake){ .user = *user, .quiet = quiet, .ring = ring_new(LIMIT_RECALL), .time = NSTIME_NONE };
	buf_init(&in->secrets, LIMIT_SECRETS);
}

void
intake_fini(struct intake *in)
{
	ring_free(&in->ring);
	buf_wipe(&in->secrets);
	buf_fini(&in->secrets);
}

void
capfile_name(const char *path, char *buf, size_t size)
{
	struct buf clean;

	buf_init(&clean, size - 1);
	clean_add(&clean, slice_of(strcmp(path, "-") == 0 ? "standard input" : path), CLEAN_TERMINAL);
	if (clean.n > 0)
		memcpy(buf, clean.p, clean.n);
	buf[clean.n] = '\0';
	buf_fini(&clean);
}

static void
note(struct intake *in, enum finding finding, uint64_t offset, const char *detail)
{
	if (in->user.note != NULL)
		in->user.note(in->user.self, finding, in->number, in->time, offset, slice_of(detail));
}

static void
tell(struct capfile *f, enum finding finding, uint64_t offset, const char *words)
{
	char line[512];

	snprintf(line, sizeof line, "%.200s: %s", f->name, words);
	note(f->in, finding, offset, line);
	if (!f->said && !f->in->quiet)
		warn("%s", line);
	f->said = true;
	f->in->damaged = true;
}

static const char *
counted(const struct capfile *f)
{
	return f->packed ? " (counted in the decompressed capture)" : "";
}

void
capfile_damage(struct capfile *f, enum finding finding, uint64_t offset, const char *format, ...)
{
	char words[200], line[256];
	va_list args;

	if (++f->damages > LIMIT_DAMAGES)
		return;
	va_start(args, format);
	vsnprintf(words, sizeof words, format, args);
	va_end(args);
	snprintf(line, sizeof line, "%s%s", words, counted(f));
	tell(f, finding, offset, line);
}

void
capfile_secrets(struct capfile *f, slice lines)
{
	struct buf *kept = &f->in->secrets;
	size_t before = kept->n;

	buf_reserve(kept, kept->max);		/* at once: growing would leave copies of keys behind */
	if (kept->full)
		return;
	buf_add(kept, lines);
	if (!kept->full && kept->n > before && kept->p[kept->n - 1] != '\n')
		buf_add_byte(kept, '\n');
	if (!kept->full)
		return;
	while (kept->n > before && kept->p[kept->n - 1] != '\n')	/* half a key is none */
		kept->n--;
	note(f->in, FINDING_LOAD_MEMORY, cursor_offset(&f->cursor), "TLS keys in the capture beyond 1 MiB were not kept");
}

/* Opening. */

static void
say_what_it_is(struct input_error *error, slice head)
{
	static const struct { slice magic; const char *words; } others[] = {
		{ { (const uint8_t *)"BZh", 3 }, "not a capture: compressed with bzip2, decompress it first" },
		{ { (const uint8_t *)"\xfd" "7zX", 4 }, "not a capture: compressed with xz, decompress it first" },
		{ { (const uint8_t *)"PK\3\4", 4 }, "not a capture: a ZIP archive, unpack it first" },
		{ { (const uint8_t *)"snoo", 4 }, "a snoop capture: convert it to pcapng first" },
	};
	const char *words = head.n == 0 ? "not a capture: it is empty" : "not a capture file";

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (slice_starts(head, others[i].magic))
			words = others[i].words;
	error->foreign = true;
	snprintf(error->words, sizeof error->words, "%s", words);
}

static void
say_why_it_ended(struct capfile *f, struct input_error *error)
{
	if (!f->cursor.over)
		say_what_it_is(error, S("?"));
	else if (f->cursor.why == INPUT_END)
		snprintf(error->words, sizeof error->words, "cut inside the %s header", f->format->name);
	else
		*error = *f->cursor.input.error(f->cursor.input.self);
}

static const struct format *
format_of(slice magic)
{
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
		if (formats[i]->recognise(magic))
			return formats[i];
	return NULL;
}

bool
capfile_is_capture(slice magic)
{
	return magic.n == CAPFILE_MAGIC && format_of(magic) != NULL;
}

/* AGAIN: the first bytes are not here yet. END: it is no capture, *error says why. */
static enum got
decide(struct capfile *f, struct input_error *error)
{
	enum got got = cursor_need(&f->cursor, CAPFILE_MAGIC);
	slice head = { f->cursor.p, cursor_left(&f->cursor) };

	if (got == GOT_AGAIN)
		return got;
	head = slice_take(head, CAPFILE_MAGIC);
	if (head.n == CAPFILE_MAGIC)
		f->format = format_of(head);
	if (f->format == NULL) {
		if (f->cursor.over && f->cursor.why != INPUT_END)
			*error = *f->cursor.input.error(f->cursor.input.self);
		else
			say_what_it_is(error, head);
		return GOT_END;
	}
	got = f->format->open(f, &f->state);
	if (got == GOT_END)
		say_why_it_ended(f, error);
	if (got == GOT_AGAIN)
		f->format = NULL;
	return got;
}

static struct capfile *
named(struct intake *in, const char *path)
{
	struct capfile *f = xcalloc(1, sizeof *f);
	char name[256];

	f->in = in;
	f->last = NSTIME_NONE;
	capfile_name(path, name, sizeof name);
	f->name = xcalloc(strlen(name) + 1, 1);
	memcpy(f->name, name, strlen(name));
	return f;
}

/* A file whose size is known gets a block in which its end is found, too. */
static void
begin(struct capfile *f, const struct input *input, size_t block_size)
{
	size_t first = block_size;

	if (f->size > 0 && !f->packed && f->size < block_size)
		first = (size_t)f->size + 64;
	cursor_init(&f->cursor, input, f->in->ring, first, block_size);
}

static struct capfile *
decided(struct capfile *f, struct input_error *error)
{
	if (decide(f, error) == GOT_END)
		capfile_free(&f);
	return f;
}

struct capfile *
capfile_new(struct intake *in, const struct capfile_options *options, struct input_error *error)
{
	struct capfile *f = named(in, options->path);
	const struct input_options how = {
		.ahead = options->ahead, .later = options->later, .chunk = options->block_size / 4, .taken = &in->taken, .packed = &f->packed,
	};
	struct input input;

	if (!input_open(options->path, &how, &input, &f->size, error)) {
		free(f->name);
		free(f);
		return NULL;
	}
	begin(f, &input, options->block_size);
	f->input = options->input;
	return options->later ? f : decided(f, error);
}

struct capfile *
capfile_over(struct intake *in, const char *name, const struct input *input, struct input_error *error)
{
	struct capfile *f = named(in, name);

	begin(f, input, LIMIT_READ_BLOCK);
	return decided(f, error);
}

void
capfile_free(struct capfile **fp)
{
	struct capfile *f = *fp;

	if (f == NULL)
		return;
	if (f->state != NULL)
		f->format->close(f, f->state);
	cursor_fini(&f->cursor);
	free(f->name);
	free(f);
	*fp = NULL;
}

/* Reading. */

/* The input ended before the capture did. */
static void
tell_broken(struct capfile *f, enum input_end why)
{
	static const struct { enum finding finding; const char *words; } ends[] = {
		[-INPUT_FAILED] = { FINDING_FILE_TRUNCATED, "cannot be read on: " },
		[-INPUT_DAMAGED] = { FINDING_FILE_GZIP, "" },
		[-INPUT_BOMB] = { FINDING_FILE_BOMB, "" },
	};
	const struct input_error *error = f->cursor.input.error(f->cursor.input.self);
	char words[200];

	snprintf(words, sizeof words, "%s%s, at byte %llu", ends[-why].words, error->words, (unsigned long long)error->offset);
	tell(f, ends[-why].finding, error->offset, words);
}

static void
tell_cut(struct capfile *f)
{
	unsigned long long at = cursor_offset(&f->cursor);
	char words[100];

	snprintf(words, sizeof words, "ends inside the record at byte %llu%s", at, counted(f));
	tell(f, FINDING_FILE_TRUNCATED, at, words);
}

static enum source_result
finish(struct capfile *f)
{
	struct cursor *c = &f->cursor;

	f->finished = true;
	if (f->damages > LIMIT_DAMAGES)
		tell(f, FINDING_FILE_BAD_RECORD, cursor_offset(c), "damaged in more places than are told");
	if (c->over && c->why != INPUT_END)
		tell_broken(f, c->why);
	else if (cursor_left(c) > 0 || c->skip > 0)
		tell_cut(f);
	return c->over && c->why == INPUT_FAILED ? SOURCE_FAILED : SOURCE_END;
}

static enum source_result
late_decision(struct capfile *f)
{
	struct input_error error = { .words = "" };
	enum got got = decide(f, &error);

	if (got == GOT)
		return SOURCE_FRAME;
	if (got == GOT_AGAIN)
		return SOURCE_NONE;
	f->finished = true;
	f->in->unreadable = true;
	if (!f->in->quiet)
		warn("%s: %s", f->name, error.words);
	note(f->in, FINDING_FILE_NOT_CAPTURE, 0, error.words);
	return SOURCE_END;
}

enum source_result
capfile_next(struct capfile *f, struct frame *frame)
{
	enum source_result result;

	if (f->finished)
		return SOURCE_END;
	if (f->format == NULL && (result = late_decision(f)) != SOURCE_FRAME)
		return result;
	result = f->format->next(f, f->state, frame);
	if (result == SOURCE_FRAME) {
		frame->input = f->input;
		return result;
	}
	return result == SOURCE_NONE ? result : finish(f);
}
