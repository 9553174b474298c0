#include "save.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/files.h"
#include "base/words.h"
#include "child.h"
#include "model/message/replay.h"
#include "save_job.h"
#include "sink/sinks.h"

enum { NARROWEST = 40 };		/* a terminal for which lines are broken */

struct saver {
	const struct options *options;
	struct tee *tee;
	struct child *child;
};

struct save {
	const struct save_kind *kind;
	void *self;
};

struct saver *
saver_new(const struct options *options)
{
	struct saver *s = xcalloc(1, sizeof *s);

	s->options = options;
	return s;
}

void
saver_free(struct saver **sp)
{
	if (*sp != NULL && (*sp)->child != NULL)
		child_close(&(*sp)->child);
	free(*sp);
	*sp = NULL;
}

void
saver_tee(struct saver *s, struct tee *tee)
{
	s->tee = tee;
}

void
save_say_size(struct buf *out, uint64_t bytes, const char *path)
{
	buf_add(out, S(", "));
	words_count(out, bytes, "byte", "bytes");
	buf_printf(out, " in %s", path);
}

/* --- saving --- */

/* "~/mail.json" is in the home directory; "-" is a file of that name. Freed by the caller. */
static char *
path_of(const char *asked)
{
	const char *home = getenv("HOME"), *before = "";
	struct buf path;

	if (asked[0] == '~' && asked[1] == '/' && home != NULL && *home != '\0') {
		before = home;
		asked++;
	} else if (asked[0] == '-' && asked[1] == '\0') {
		before = "./";
	}
	buf_init(&path, SIZE_MAX / 2);
	buf_text(&path, before);
	buf_text(&path, asked);
	buf_add_byte(&path, '\0');
	return (char *)path.p;
}

/* Lines of warnings as one sentence. */
static void
say_caught(struct buf *out, const struct buf *caught)
{
	slice rest = slice_chomp(buf_slice(caught)), line;

	while (rest.n > 0) {
		if (!slice_cut(rest, '\n', &line, &rest))
			rest = SLICE_NONE;
		if (out->n > 0)
			buf_add(out, S("; "));
		buf_add(out, line);
	}
}

static void
refuse(const char *path)
{
	const char *below = files_saving();

	warn("%s: things are saved below %s only, and under no hidden name; --save-dir says where", path,
	    strcmp(below, ".") == 0 ? "the directory in which smtptap was started" : below);
}

static const struct save_kind *
kind_of(const struct save_request *request)
{
	switch (request->format) {
	case SAVE_PCAP:		return &save_packets;
	case SAVE_LADDER:	return &save_words;
	case SAVE_CSV:		return request->text.n > 0 ? &save_words : &save_replay;
	case SAVE_PARTS:	return request->part != 0 ? &save_part : &save_replay;
	default:		return &save_replay;
	}
}

static struct save *
save(void *self, struct model *model, const struct save_request *request, struct buf *why)
{
	struct saver *s = self;
	struct save_order order = { .options = s->options, .tee = s->tee, .model = model, .request = request };
	struct save *job = xcalloc(1, sizeof *job);
	struct buf caught, *before;
	char *path = path_of(request->path);

	buf_init(&caught, 64 * KiB);
	before = warn_catch(&caught);
	order.path = path;
	job->kind = kind_of(request);
	if (*path == '\0')
		warn("a name is needed");
	else if (!files_may_save(path))
		refuse(path);
	else if (request->n == 0 && request->format != SAVE_LADDER)
		warn("there is nothing to save");
	else
		job->self = job->kind->open(&order);
	warn_catch(before);
	if (job->self == NULL) {
		say_caught(why, &caught);
		free(job);
		job = NULL;
	}
	buf_fini(&caught);
	free(path);
	return job;
}

static int
save_work(void *self, struct save **jobp, nstime until, unsigned *percent_r, struct buf *said)
{
	struct save *job = *jobp;
	struct buf caught, *before;
	int status;

	(void)self;
	buf_init(&caught, 64 * KiB);
	before = warn_catch(&caught);
	status = job->kind->work(job->self, until, percent_r, said);
	warn_catch(before);
	if (status < 0)
		buf_clear(said);
	if (status != 1)
		say_caught(said, &caught);
	if (status < 0 && said->n == 0)
		buf_add(said, S("it failed"));
	buf_fini(&caught);
	if (status != 1) {
		free(job);
		*jobp = NULL;
	}
	return status;
}

static void
save_stop(void *self, struct save **jobp)
{
	struct buf caught, *before;

	(void)self;
	if (*jobp == NULL)
		return;
	buf_init(&caught, 64 * KiB);
	before = warn_catch(&caught);
	(*jobp)->kind->stop((*jobp)->self);
	warn_catch(before);
	buf_fini(&caught);
	free(*jobp);
	*jobp = NULL;
}

/* --- printing --- */

/* As it is now: the window may have another size than when the program began. */
static size_t
terminal_width(void)
{
	struct winsize size = { 0 };

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < NARROWEST ? 0 : size.ws_col;
}

static void
print(void *self, struct model *model, const uint32_t *item, size_t n)
{
	const struct saver *s = self;
	struct replay_options options = { .item = item, .n = n, .keep = FOLD_MESSAGES };
	struct output_options show = s->options->show;
	struct replay *r = replay_new(model, &options);
	struct sink sink;

	show.show_secrets = show.live = show.line_buffered = false;
	show.gate = NULL;
	show.width = terminal_width();
	if (sink_format_find(S("text"))->open(&(struct output){ .format = "text" }, &show, replay_fold(r), &sink) == 0) {
		replay_sink(r, &sink);
		while (replay_work(r, INT64_MAX) == 1)
			;
	}
	replay_free(&r, false);
}

/* --- programs --- */

static int
pipe_open(void *self, const char *command, int *fd_r)
{
	struct saver *s = self;

	CHECK(s->child == NULL);
	s->child = child_open(command, fd_r);
	if (s->child != NULL)
		return 0;
	if (errno == ECANCELED)
		return 1;
	warn("cannot run a program: %s", strerror(errno));
	return -1;
}

static int
pipe_close(void *self, int fd)
{
	struct saver *s = self;

	(void)fd;			/* there is one at a time, which knows it */
	return child_close(&s->child);
}

struct host
saver_host(struct saver *s)
{
	return (struct host){
		.self = s, .save = save, .save_work = save_work, .save_stop = save_stop, .print = print,
		.pipe_open = pipe_open, .pipe_close = pipe_close,
	};
}
