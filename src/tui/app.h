/*
 * app.h - the screen as a value: keys in, cells out.
 *
 * It owns the views, the prompts and the dialogs, and knows no terminal: the
 * loop (loop.h) and the tests drive it alike. One thread. Nothing that it
 * does blocks: what takes long is done in slices by app_work().
 */
#ifndef APP_H
#define APP_H

#include "action.h"
#include "base/when.h"
#include "canvas.h"
#include "config.h"
#include "model/list/list.h"
#include "model/model.h"
#include "model/session/dossier.h"

struct app;
struct host;

struct app_options {
	struct model *model;
	const struct host *host;	/* what the screen asks of the program around it */
	struct config *config;		/* preferences; lives longer */
	slice filter;			/* -Y: the filter that is set at first, or none */
	bool live;			/* what is shown happens now: quitting is asked about */
	bool secrets;			/* --show-secrets */
	bool live_links;		/* --defang never; else URLs are shown so that no terminal makes links of them */
	const char *no_pipe;		/* why `|` is off; or NULL */
	struct when when;		/* -t */
	bool when_given;		/* … by the user; else what the screen remembers of times counts */
	slice title;			/* "tour.pcapng" */
};

struct app *app_new(const struct app_options *);
void app_free(struct app **);

/*
 * Into the model; while paused they are kept, and none is lost. app_is_full(): so many are kept that no more should be
 * taken from the channel until the screen goes on; the reading thread then waits. Live it does not: packets would be
 * dropped meanwhile. The screen goes on by itself when it cannot keep more.
 */
void app_take(struct app *, struct news_batch **);
bool app_is_full(const struct app *);
void app_key(struct app *, uint32_t key);
void app_mouse(struct app *, const struct mouse *);
/* Slices of what is to be done. True: there is more. */
bool app_work(struct app *, nstime until);
bool app_is_stale(const struct app *);			/* what was drawn last is not what would be drawn now */
void app_draw(struct app *, struct canvas *);
void app_cursor(const struct app *, int *x_r, int *y_r);	/* where the terminal's cursor stands in what was drawn last; -1: nowhere */

/* What the loop must do for it; each answer is given once. */
enum app_wish { APP_NOTHING, APP_QUIT, APP_SUSPEND, APP_REDRAW, APP_MOUSE_ON, APP_MOUSE_OFF, APP_PRINT, APP_PIPE, APP_THEME };
enum app_wish app_wish(struct app *);
/* APP_PRINT, APP_PIPE: what is written or run while the terminal is the user's again. False: nothing came of it. */
bool app_outside(struct app *);

/* For views. */
struct model *app_model(struct app *);
struct list *app_list(struct app *);			/* of view 1; J and K go along it */
const struct filter *app_filter(const struct app *);	/* that is set, or NULL; the list has it already */
bool app_filter_by(struct app *, slice text);		/* sets it, as if it was typed. False: it is none, which was said */
bool app_trouble(const struct app *);			/* only what failed is shown; the list knows it already … */
void app_set_trouble(struct app *, bool);		/* … and is told by this. What a view leaves of ACTION_TROUBLE turns it */
struct config *app_config(struct app *);
const struct host *app_host(const struct app *);
const struct app_options *app_options(const struct app *);
uint32_t app_session(const struct app *);		/* the session or attempt that is chosen, or NO_ITEM */
uint32_t app_message(const struct app *);		/* the message, or NO_ITEM: it has none */
struct dossier *app_dossier(struct app *);		/* of that session, opened when first asked for; NULL: none is chosen */
void app_choose(struct app *, uint32_t item);		/* a session, an attempt or a message (and its session) */
void app_show(struct app *, enum action view);		/* ACTION_VIEW_… ; Esc leads back */
/* The bytes that the view to be shown shall show: a row of the transcript. */
void app_jump(struct app *, enum dir, uint64_t offset, uint64_t packet);
bool app_jump_taken(struct app *, enum dir *, uint64_t *offset, uint64_t *packet);	/* once */
/* The part of the message that view 4 shall show: 0 is the header. */
void app_part(struct app *, uint32_t part);
bool app_part_taken(struct app *, uint32_t *part_r);	/* once */
/* The part on which view 4 stands, so that it can be saved alone; 0: the message, or another view is shown. */
void app_stand_on(struct app *, uint32_t part);
uint32_t app_stands_on(const struct app *);
/* A sentence in the bottom line until the next key. */
void app_say(struct app *, enum style, const char *format, ...) __attribute__((format(printf, 3, 4)));
slice app_search_words(const struct app *);		/* what was searched for last, or is being typed; or none */
/*
 * Soon, while the terminal is the user's again (wish: APP_PRINT, APP_PIPE), `run` is called once. False: nothing came of
 * it. self must live until then.
 */
void app_leave(struct app *, enum app_wish wish, bool (*run)(void *self), void *self);
struct desk *app_desk(struct app *);			/* to read records at; whoever is called next may use it, too */

/* A line that is typed at the bottom. done: Enter (the text) or Esc (p NULL). changed: after each key; says what is wrong with it, or NULL. */
struct prompt_user {
	void *self;
	const char *title;		/* "filter:" */
	const char *history;		/* its name among the remembered lines, or NULL */
	const char *hint;		/* said while nothing was typed */
	void (*done)(void *self, slice text);
	bool (*changed)(void *self, slice text, struct buf *message);	/* false: it is not one yet, and Enter does not take it. May be NULL */
	/* What is wrong in the text that changed() did not like: [*from_r, *to_r). NULL: all of it */
	void (*fault)(void *self, size_t *from_r, size_t *to_r);
	/*
	 * The n-th word that the one before the cursor could become; from: where that begins. What stands behind a tab in it
	 * is not the word but what it is about. False: no more. May be NULL
	 */
	bool (*complete)(void *self, slice text, size_t cursor, size_t n, size_t *from_r, struct buf *word);
};
void app_prompt(struct app *, const struct prompt_user *, slice text);
/* A question in the bottom line, answered by one of the letters; Esc: 0. */
void app_ask(struct app *, const char *question, const char *letters, void (*answer)(void *self, char), void *self);

/* A box over the view, with lines to choose from: columns, what to save, options. */
struct dialog_ops {
	const char *title;
	size_t state_size;
	void (*size)(void *state, int *width_r, int *height_r);		/* it would like; gets less on a small screen */
	void (*draw)(void *state, struct area);
	bool (*key)(void *state, uint32_t key);				/* false: it is over */
	bool (*work)(void *state, nstime until);			/* may be NULL */
	bool (*mouse)(void *state, const struct mouse *);		/* false: it is over. May be NULL */
	void (*close)(void *state);					/* may be NULL */
};
void *app_dialog(struct app *, const struct dialog_ops *);		/* its state, zeroed */

#endif
