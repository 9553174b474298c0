/*
 * screen.h - what the files of the screen without a terminal share.
 *
 *	../screen.c	statements, and the script that they make up
 *	reading.c	the captures, read as far as the script says
 *	random.c	random keys, and what must hold whatever is pressed
 *	files.c		what was saved
 */
#ifndef TESTS_SCREEN_H
#define TESTS_SCREEN_H

#include "options/options.h"
#include "tui/app.h"
#include "tui/host.h"

struct saver;

struct screen {
	struct options options;
	struct app_options app_options;
	struct app *app;
	struct canvas *canvas;
	struct vault *vault;
	struct model *model;
	struct config *config;
	struct saver *saver;
	struct host host, real;		/* real: what random keys must not reach */
	struct source source;
	slice script;			/* what is left of it */
	unsigned line;
	const char *name;		/* of the script */
	uint64_t packets, stop;		/* read; the reading waits behind this one */
	unsigned calm;			/* NONEs still to be told before the script goes on */
	bool fed;			/* the reading goes on */
	bool hasty;			/* keys follow each other without a look at the screen */
	bool may_save;			/* random keys were begun in an empty folder */
	bool over;			/* the user has left */
	struct buf said;		/* statements since the last `show` */
};

_Noreturn void complain(const struct screen *, const char *what, slice about);	/* with the line of the script */
void print_said(struct screen *);			/* statements since the last `show`, in front of what comes of them */
void fulfil(struct screen *, bool silent);		/* what the loop would do for the app */
void run_script(struct screen *);			/* up to the next `packets`, or to the end */
void go_on_to_stop(struct screen *);			/* `packets N` stands next, or all is read before anything is done */

void read_captures(struct screen *);
void press_random(struct screen *, uint64_t seed, int keys);
void print_folder(const char *path, bool deep);		/* names and sizes */
void print_text(const char *name);			/* what stands in a text that was saved */
bool folder_is_empty(const char *path);

#endif
