#include "screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/thread.h"
#include "capture/privilege/privilege.h"
#include "capture/tee.h"
#include "host/again.h"
#include "host/save.h"
#include "interrupt.h"
#include "model/recorder/recorder.h"
#include "report.h"
#include "tui/config.h"
#include "tui/tui.h"

struct screen {
	const struct options *options;
	struct source source;			/* that the engine reads */
	struct tee *tee;			/* packets that cannot be read again, or NULL */
	struct config *config;
	struct tui *tui;			/* while the terminal is ours */
	struct vault *vault;
	struct model *model;
	struct channel *news;
	int wake[2];				/* a pipe: something stands in the channel */
	struct saver *saver;
	struct engine *engine;
	struct engine_result result;
	atomic_bool over;			/* all was read */
	struct buf nothing;			/* why there is nothing to show */
	struct buf title;
};

/* --- the engine's thread --- */

static void
wake(struct screen *s)
{
	ssize_t n;

	do
		n = write(s->wake[1], "", 1);
	while (n < 0 && errno == EINTR);	/* a full pipe wakes as well */
}

static bool
give(void *self, struct news_batch *b)
{
	struct screen *s = self;

	if (s->tee != NULL)
		tee_flush(s->tee);		/* what is known of can be saved */
	if (!channel_put(s->news, b)) {
		news_batch_free(&b);
		return false;
	}
	wake(s);
	return true;
}

/* Live, reading goes on while the screen cannot be drawn: packets would be dropped. */
static bool
is_busy(void *self)
{
	struct screen *s = self;

	return channel_is_full(s->news);
}

static void
tell_progress(void *self, struct news_progress *p, bool over)
{
	struct screen *s = self;
	struct engine_result so_far = engine_so_far(s->engine);
	struct source_stats stats = { 0 };

	s->source.stats(s->source.self, &stats);
	p->packets = stats.packets;
	p->bytes = stats.bytes;
	p->read = stats.read;
	p->size = stats.size;
	p->dropped = stats.dropped;
	p->memory = engine_memory(s->engine);
	engine_span(s->engine, &p->first, &p->last);
	if (over && report_no_smtp(&s->nothing, s->engine, s->options, &so_far)) {
		buf_add_byte(&s->nothing, '\0');
		p->nothing = (const char *)s->nothing.p;
	}
}

static void
run(void *self)
{
	struct screen *s = self;

	engine_run(s->engine, &s->result);
	atomic_store(&s->over, true);
	channel_close(s->news);
	wake(s);
}

/* --- the screen's --- */

/* Is there an end that is known, and not what somebody has still to write? */
static bool
is_file(const struct path *path)
{
	struct stat st;

	return path->regular || (strcmp(path->name, "-") == 0 && fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode));
}

static bool
is_live(const struct options *o)
{
	bool live = o->live;

	for (size_t i = 0; i < o->inputs.n; i++)
		live |= !is_file(&o->inputs.path[i]);
	return live;
}

static void
make_title(struct screen *s)
{
	const struct options *o = s->options;
	const char *last = o->ninput > 0 ? strrchr(o->input[0], '/') : NULL;

	if (o->ninterface > 1)
		buf_printf(&s->title, "%zu interfaces", o->ninterface);
	else if (o->ninterface > 0)
		buf_text(&s->title, o->interface[0]);
	else if (o->ninput > 1)
		buf_printf(&s->title, "%zu captures", o->ninput);
	else if (strcmp(o->input[0], "-") == 0)
		buf_text(&s->title, "standard input");
	else
		buf_text(&s->title, last != NULL && last[1] != '\0' ? last + 1 : o->input[0]);
}

static void
make_wake(struct screen *s)
{
	if (pipe(s->wake) != 0)
		die("cannot make a pipe: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		fcntl(s->wake[i], F_SETFL, O_NONBLOCK);
		fcntl(s->wake[i], F_SETFD, FD_CLOEXEC);
	}
}

struct screen *
screen_new(const struct options *o)
{
	struct screen *s = xcalloc(1, sizeof *s);

	s->options = o;
	s->config = config_new(!o->no_config);
	s->vault = vault_new(o->vault_max);
	s->model = model_new(s->vault, o->memory / 4);
	s->news = channel_new(is_live(o) ? LIMIT_BATCHES_LIVE : LIMIT_BATCHES);
	s->saver = saver_new(o);
	buf_init(&s->nothing, 4 * KiB);
	buf_init(&s->title, KiB);
	make_wake(s);
	make_title(s);
	return s;
}

void
screen_free(struct screen **sp)
{
	struct screen *s = *sp;

	if (s == NULL)
		return;
	tui_close(&s->tui);
	saver_free(&s->saver);
	config_free(&s->config);
	model_free(&s->model);
	vault_free(&s->vault);
	channel_free(&s->news);
	tee_free(&s->tee);
	buf_fini(&s->nothing);
	buf_fini(&s->title);
	close(s->wake[0]);
	close(s->wake[1]);
	free(s);
	*sp = NULL;
}

int
screen_open(struct screen *s)
{
	if (vault_trouble(s->vault) != NULL) {
		warn("no screen: %s", vault_trouble(s->vault));
		return -1;
	}
	s->tui = tui_open(s->options->monochrome);
	return s->tui != NULL ? 0 : -1;
}

void
screen_close(struct screen *s)
{
	if (s != NULL)
		tui_close(&s->tui);
}

struct source *
screen_source(struct screen *s, struct source *source)
{
	s->source = *source;
	if (!again_is_possible(s->options)) {
		s->tee = tee_new(s->options->vault_max);
		s->source = tee_source(s->tee, source);
		saver_tee(s->saver, s->tee);
	}
	return &s->source;
}

static void
add_recorder(struct screen *s)
{
	struct sink sink;

	recorder_open(&(struct recorder_options){
		.vault = s->vault, .fold = engine_fold(s->engine), .secrets = s->options->show.show_secrets,
		.give = give, .busy = is_live(s->options) ? is_busy : NULL, .progress = tell_progress, .self = s,
	}, &sink);
	engine_add_sink(s->engine, &sink);
}

/* Results are opened again by the engine; true: that was all that was meant. */
static bool
on_hangup(void)
{
	if (!interrupt_means_reopen())
		return false;
	interrupt_state()->reopen = 1;
	return true;
}

static int
show(struct screen *s)
{
	const struct options *o = s->options;
	struct host host = saver_host(s->saver);
	struct tui_options t = {
		.app = {
			.model = s->model, .host = &host, .config = s->config,
			.filter = o->display ? filter_text(o->display) : SLICE_NONE,
			.live = is_live(o), .live_links = o->defang == CHOICE_NEVER, .secrets = o->show.show_secrets,
			.when = when_of(&o->show, TIME_RELATIVE, 3), .when_given = o->show.time_given,
			.title = buf_slice(&s->title),
			.no_pipe = privilege_has_runner() ? NULL : "No program is run for root: start smtptap as yourself, or save the part",
		},
		.news = s->news, .wake = s->wake[0], .monochrome = o->monochrome, .hangup = on_hangup,
	};

	return tui_run(s->tui, &t);
}

static void
drain(struct screen *s)
{
	void *item;

	while (channel_take(s->news, 0, &item) == CHANNEL_ITEM) {
		struct news_batch *b = item;

		news_batch_free(&b);
	}
}

int
screen_run(struct screen *s, struct engine *e, atomic_int *stop, struct engine_result *result_r)
{
	struct thread *thread;
	int signal;

	s->engine = e;
	add_recorder(s);
	thread = thread_start(run, s);
	if (thread == NULL)
		die("cannot start a thread: %s", strerror(errno));
	signal = show(s);
	if (!atomic_load(&s->over))
		atomic_store(stop, STOP_NOW);
	channel_close(s->news);
	tui_close(&s->tui);
	thread_join(&thread);
	drain(s);
	*result_r = s->result;
	return signal;
}
