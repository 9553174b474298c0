/*
 * parts.h - what the files of the screen as a whole share; nobody else
 * includes it.
 *
 *	app.c			the screen as a whole: work, news, drawing, what is chosen
 *	keys.c			what a key or the mouse comes to
 *	pages.c			views: opened when first shown, and the way back
 *	dialogs.c		boxes over the view
 *	top_line.c		tabs, the title, how far the reading is, the view's own words
 *	bottom_line.c		useful keys, a message, a question, what is typed (prompt.c)
 *	filter_prompt.c		`\`; filter_words.c: what could stand at the cursor
 *	command_prompt.c	`:`
 *	search.c		`/ n N`
 *	help.c			`?`, a view of its own
 *	options_dialog.c	`o`
 */
#ifndef PARTS_H
#define PARTS_H

#include "tui/app.h"
#include "tui/host.h"
#include "prompt.h"
#include "tui/view.h"

enum { PAGES = 9, PAGE_HELP = 8, DIALOGS = 4 };

/* What a view was refreshed for. */
struct seen { uint64_t version; uint32_t session, message; bool done; };

struct page {
	void *state;			/* NULL: never shown */
	struct seen seen;
};

struct question {
	struct buf text;
	char letters[16];
	void (*answer)(void *self, char);
	void *self;
	bool open;
};

struct box { const struct dialog_ops *ops; void *state; struct area inside; bool over; };

struct outside { bool (*run)(void *self); void *self; };

struct app {
	struct app_options options;
	struct list *list;
	struct filter *filter;
	bool trouble;

	uint32_t session, message;		/* chosen */
	struct dossier *dossier;		/* of the session, or NULL */
	struct desk *desk;
	struct { bool there; enum dir dir; uint64_t offset, packet; } jump;
	struct { bool there; uint32_t number; } part;
	struct { uint32_t message, number; } stands_on;
	size_t finding;				/* that `e` came by last, or SIZE_MAX */

	struct page page[PAGES];
	uint8_t stack[PAGES];			/* pages, the shown one last; each at most once */
	size_t depth;
	unsigned shows;				/* how often a page was shown */

	struct box box[DIALOGS];		/* the topmost last */
	size_t nbox;
	struct prompt *prompt;			/* or NULL */
	struct { size_t from, to; } fault;	/* of the filter that is typed */
	struct { struct filter *filter; struct list *list; } trial;	/* what the filter that is typed would show */
	struct question question;
	struct buf said;			/* in the bottom line until the next key */
	enum style said_style;
	struct buf search;			/* what was searched for last */
	bool searching;				/* the prompt is that of a search */

	unsigned wishes;			/* 1 << enum app_wish */
	struct outside outside;
	bool mouse;

	bool paused;
	struct news_batch **kept;		/* while paused */
	size_t nkept, kept_room;
	size_t kept_news, nfigured;		/* in all of them; before which none has figures */

	const char *vault_trouble;		/* that was told last */
	unsigned turn;				/* whose turn it is to work first */
	bool stale;
	bool worked;				/* there was more to do when work was done last */
	int width, height;			/* as drawn last */
	int cursor_x, cursor_y;
};

/* pages.c */
extern const struct view_ops view_help;
const struct view_ops *page_ops(size_t page);
size_t page_of_action(enum action);			/* PAGES: it shows none */
size_t page_shown(const struct app *);
const struct view_ops *shown_ops(const struct app *);
void  *shown_state(struct app *);			/* refreshed, if anything changed since */
void  *page_state(struct app *, size_t page);		/* of one that need not be shown */
void   pages_refresh(struct app *);			/* all of them, when they are next shown */
void   page_show(struct app *, size_t page, bool instead);	/* instead: of another view of the session, without a way back to it */
bool   page_back(struct app *);				/* false: there is nothing behind */
void   pages_close(struct app *);
bool   pages_work(struct app *, nstime until);
bool   has_session(const struct app *);

/* dialogs.c */
struct box *dialog_top(struct app *);			/* or NULL */
void   dialog_key(struct app *, uint32_t key);
void   dialog_mouse(struct app *, const struct mouse *);
void   dialogs_draw(struct app *, struct area);
bool   dialogs_work(struct app *, nstime until);
void   dialogs_close(struct app *);

/* app.c */
void wish_for(struct app *, enum app_wish);
void app_pause(struct app *);				/* or go on */

/* keys.c */
void app_act(struct app *, enum action, uint32_t key);

/* top_line.c, bottom_line.c */
void top_line_draw(struct app *, struct area, int y);
size_t top_line_at(const struct app *, int x);		/* the page whose tab is there; PAGES: none */
void bottom_line_draw(struct app *, struct area, int y);
enum action bottom_line_at(const struct app *, int x);
void question_key(struct app *, uint32_t key);
void prompt_feed(struct app *, uint32_t key);

/* filter_prompt.c */
void filter_prompt_open(struct app *, slice text);
bool filter_set(struct app *, slice text, struct buf *why);	/* empty: none. False: it is none */
bool trial_work(struct app *, nstime until);
void trial_stop(struct app *);
void trial_tell(const struct app *, struct buf *out);		/* how many match so far, or nothing */
/* What could stand at the cursor of a filter. */
bool filter_complete(slice text, size_t cursor, size_t n, size_t *from_r, struct buf *word);

/* command_prompt.c, search.c, options_dialog.c */
void command_prompt_open(struct app *);
void command_run(struct app *, slice text);
void search_prompt_open(struct app *);
void search_for(struct app *, slice words);
void search_again(struct app *, bool backwards);
void options_dialog_open(struct app *);
bool option_set(struct app *, slice name, slice value, struct buf *why);
/* The nth option's name; of values the nth of the option's. NULL: no more. */
const char *option_name(size_t n);
const char *option_value(slice name, size_t n);

#endif
