/*
 * save_parts.h - what the files of the save dialog share; nobody else includes
 * it.
 *
 *	save_dialog.c	opened, keys, the mouse
 *	save_choice.c	what can be saved in which format, and its name
 *	save_run.c	it is written
 *	save_draw.c	what the dialog looks like
 *	save_items.c	which items are meant
 */
#ifndef SAVE_PARTS_H
#define SAVE_PARTS_H

#include "base/limits.h"
#include "save_items.h"
#include "tui/app/parts.h"
#include "tui/widgets/line.h"

enum save_phase {
	PHASE_CHOOSE,
	PHASE_READ,			/* the session, to be drawn as a ladder; or all rows of a table */
	PHASE_WRITE,
	PHASE_DONE
};

enum { PAGE_LADDER = 1, PAGE_TEXT = 2, PAGE_MAIL = 3, PAGE_HEAD = 4, SAVE_NAMES = 4 * KiB };

struct table;

/* Zeroed when it is opened. */
struct save_dialog {
	struct app *app;
	enum save_phase phase;
	enum save_what what;
	enum save_format format;
	bool typing;			/* the name is being written */
	bool own_name;			/* … and was: it is not made any more */
	struct line path;
	struct buf said;		/* what came of it */
	bool failed;
	struct save *save;
	unsigned percent;
	struct table *table;		/* that is being made, or NULL */
	size_t rows;			/* that it had */
	bool cut;			/* all of them would have been too long */
	struct buf files;		/* ": report.pdf and 2 more": what is attached in the session */
	uint64_t attached;
	struct buf part;		/* the name of the one that view 4 stands on; or none */
};

struct save_format_info {
	const char *word;		/* of `:save` */
	const char *name, *about, *ending;
	bool folder;
};
extern const struct save_format_info save_formats[SAVE_FORMATS];
extern const char *const save_whats[SAVE_WHATS];

/* save_choice.c */
bool save_can(const struct save_dialog *, enum save_what, enum save_format);
void save_move_what(struct save_dialog *, unsigned step);
bool save_set_format(struct save_dialog *, enum save_format);	/* and something that can be saved so; false: there is none */
void save_move_format(struct save_dialog *, unsigned step);
void save_make_name(struct save_dialog *);			/* a free one, unless somebody wrote his own */

/* save_run.c */
void save_say(struct save_dialog *, bool failed, const char *words);
void save_start(struct save_dialog *);
bool save_work(void *dialog, nstime until);
void save_stop(struct save_dialog *);

/* save_draw.c */
enum { SAVE_LINE_FORMATS = 2 };					/* the line where they begin, where there is room for all */
void save_size(void *dialog, int *width_r, int *height_r);
void save_draw(void *dialog, struct area);

#endif
