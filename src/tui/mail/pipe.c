#include "pipe.h"

#include <errno.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/machine.h"
#include "base/words.h"
#include "model/list/list.h"
#include "tui/host.h"

#define SLICE_OF_WORK	(50 * NSTIME_MS)

void
pipe_fini(struct pipe *p)
{
	buf_fini(&p->title);
	buf_fini(&p->what);
	buf_fini(&p->command);
}

/* A program that has read enough closes its end: that is no failure. */
static bool
give(void *self, slice piece)
{
	struct pipe *p = self;

	while (piece.n > 0) {
		ssize_t n = write(p->fd, piece.p, piece.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			p->broken = true;
			return false;
		}
		p->written += (uint64_t)n;
		piece = slice_drop(piece, (size_t)n);
	}
	return true;
}

static void
give_all(struct pipe *p, struct content *c)
{
	content_take(c, give, p);
	while (content_work(c, machine_steady() + SLICE_OF_WORK))
		;
}

static void
tell_end(struct pipe *p, int status, bool gone)
{
	struct buf words;

	buf_init(&words, 256);
	words_count(&words, p->written, "byte", "bytes");
	buf_text(&words, p->broken ? " were taken; the program wanted no more" : " were given");
	if (gone)
		buf_text(&words, "; some had been let go");
	buf_text(&words, status == 0 ? "; it ended well" : "");
	if (status != 0)
		buf_printf(&words, "; it ended with status %d", status);
	app_say(p->app, status == 0 && !gone ? STYLE_GOOD : STYLE_LATER, "%.*s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
}

static bool
run(void *self)
{
	struct pipe *p = self;
	const struct host *host = app_host(p->app);
	struct content *c;
	int status;

	p->written = 0;
	p->broken = false;
	status = host->pipe_open(host->self, (const char *)p->command.p, &p->fd);
	if (status != 0) {
		app_say(p->app, status > 0 ? STYLE_INFO : STYLE_BAD, status > 0 ? "Nothing was run" : "The program could not be started");
		return false;
	}
	c = content_open(app_model(p->app), p->item, p->part, p->part > 0 ? CONTENT_BYTES : CONTENT_RAW);
	give_all(p, c);
	status = host->pipe_close(host->self, p->fd);
	tell_end(p, status, content_gone(c));
	content_close(&c);
	return true;
}

static void
answered(void *self, char letter)
{
	struct pipe *p = self;

	if (letter == 'y')
		app_leave(p->app, APP_PIPE, run, p);
}

static void
typed(void *self, slice text)
{
	struct pipe *p = self;

	if (slice_trim(text).n == 0)
		return;
	buf_clear(&p->command);
	buf_add(&p->command, text);
	buf_add_byte(&p->command, '\0');
	if (p->whole)
		app_leave(p->app, APP_PIPE, run, p);
	else
		app_ask(p->app, "It is partial: bytes are missing. Run the program with what is there?", "yn", answered, p);
}

static bool
changed(void *self, slice text, struct buf *message)
{
	const struct pipe *p = self;

	if (slice_trim(text).n == 0)
		return false;
	buf_text(message, "runs: sh -c '");
	buf_add(message, text);
	buf_text(message, "', which gets ");
	buf_add(message, buf_slice(&p->what));
	return true;
}

void
pipe_ask(struct pipe *p, struct app *app, uint32_t message_item, uint32_t part, slice name, uint64_t size, bool whole)
{
	struct prompt_user user = { .self = p, .history = "pipe", .done = typed, .changed = changed,
	    .hint = "a command; what it will read came from strangers: choose one that can stand it" };

	pipe_fini(p);
	buf_init(&p->title, LIMIT_PROMPT);
	buf_init(&p->what, LIMIT_PROMPT);
	buf_init(&p->command, LIMIT_PROMPT + 1);
	p->app = app;
	p->item = message_item;
	p->part = part;
	p->whole = whole;
	words_count(&p->what, size, "byte", "bytes");
	buf_text(&p->what, whole ? "" : ", partial,");
	buf_text(&p->what, " on standard input");
	buf_text(&p->title, "pipe ");
	buf_add(&p->title, slice_take(name, 40));
	buf_text(&p->title, " to:");
	for (size_t i = 0; i < p->title.n; i++)		/* a C string: what is from the wire may hold any byte */
		if (p->title.p[i] == '\0')
			p->title.p[i] = '?';
	buf_add_byte(&p->title, '\0');
	user.title = (const char *)p->title.p;
	app_prompt(app, &user, SLICE_NONE);
}
