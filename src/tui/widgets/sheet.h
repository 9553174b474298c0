/*
 * sheet.h - one row of a transcript laid out for a width: time, wait, who, and
 * text that goes on below where it is too long.
 *
 * The one place that knows how rows look on the screen; view 3 and the preview
 * of the list show them alike, and nearly as -T text prints them. Our own words are broken between words,
 * what was said on the wire at the edge, with a mark: so a blank is always one
 * that was sent.
 *
 * A sheet is filled, asked for its height, drawn, and filled again. Its text is
 * clean (base/clean.h).
 */
#ifndef SHEET_H
#define SHEET_H

#include "base/when.h"
#include "model/session/dossier.h"
#include "tui/canvas.h"

struct sheet_look {
	struct when when;
	nstime start;			/* of the session */
	int times;			/* columns of the time: sheet_times() */
	int width;			/* of the area */
	bool one_line;			/* what is too long is cut, not broken */
	bool raw;			/* wire lines exact: blanks at the end, line ends, where segments began */
	bool hex;			/* … and below them their bytes */
	bool live_links;		/* links as they are, not so that no terminal opens them */
	const struct dossier *dossier;	/* raw: who knows where segments began; or NULL */
};

/* Text in one style, on one line. */
struct sheet_piece { int y, x; enum style style; size_t at, n; };

struct sheet {
	struct buf text, line, scratch;
	struct sheet_piece *piece;
	size_t n, cap;
	struct sheet_run *run;		/* of the line that is being made */
	size_t nrun, caprun;
	size_t tail;			/* where in it begins what a reply answers, or 0 */
	int height;			/* lines that it takes */
};

void sheet_init(struct sheet *);
void sheet_fini(struct sheet *);
void sheet_clear(struct sheet *);

/* How many columns times of a session take that goes on until `last`. */
int  sheet_times(const struct when *, nstime start, nstime last);
/*
 * Fills it. index: of the row in its dossier; above: the row that is read before it and is no finding, or NULL. Of a finding
 * that only repeats what is said there, or has but a word to say, it tells what that means.
 */
void sheet_row(struct sheet *, const struct sheet_look *, const struct row *, size_t index, const struct row *above);
/* Is that so? */
bool sheet_tells_meaning(const struct row *finding, const struct row *above);
/* In the column where texts of rows begin. */
int  sheet_column(const struct sheet_look *);

/*
 * Lines of our own words: collected with sheet_say(), then put below what is
 * there, from column x on, broken between words at `right`, what follows indented by `hanging`.
 */
void sheet_say(struct sheet *, enum style, slice);
void sheet_words(struct sheet *, enum style, const char *constant);
void sheet_row_text(struct sheet *, const struct row *);	/* what a command or a reply says, as sheet_row() shows it */
void sheet_end_line(struct sheet *, int x, int hanging, int right);

/* Its lines from `from` on, as many as the area has below y. */
void sheet_draw(const struct sheet *, struct area, int y, int from);
/* All of it, blanks before each line, as text. */
void sheet_print(const struct sheet *, struct buf *out);

/* What a message or a finding holds, as sheet_say(): with links that cannot be clicked on, unless `live`. hosts: it is names of hosts. */
void sheet_say_links(struct sheet *, enum style, slice, bool hosts, bool live);
/* Is what was seen names of hosts, without the rest of links? */
bool sheet_tells_hosts(enum finding, slice detail);
/* The same words for what is no sheet. */
void sheet_links(struct buf *out, slice words, bool hosts, bool live);

/* Of a severity. */
enum style sheet_severity(enum severity);

#endif
