#include "curses.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "curses_cells.h"
#include "curses_entry.h"
#include "keys.h"
#include "rescue.h"

#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <ncursesw/curses.h>

static struct {
	SCREEN *screen;			/* NULL: not open */
	int key;			/* descriptor that keys are read from */
	bool key_is_ours;		/* and that we opened */
	bool away, gone, mouse;
	struct keys keys;
	struct canvas *shown;		/* what was drawn last */
	bool all;			/* … cannot be relied upon */
} door = { .key = -1 };

/* What ncurses does at the end, prepared for all other ends. */
static void
arm(void)
{
	struct buf out;

	buf_init(&out, RESCUE_BYTES);
	entry_farewell(&out, door.shown->height, door.mouse);
	rescue_arm(buf_slice(&out));
	buf_fini(&out);
}

/* --- opening --- */

static int
open_keys(bool *ours_r)
{
	*ours_r = !isatty(STDIN_FILENO);
	return *ours_r ? open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC) : STDIN_FILENO;
}

/* The name of the terminal; none is an unknown one. */
static const char *
term_name(void)
{
	const char *name = getenv("TERM");

	return name != NULL && name[0] != '\0' ? name : "unknown";
}

bool
curses_is_possible(struct buf *why)
{
	bool ours;
	int key;

	if (!isatty(STDOUT_FILENO)) {
		buf_text(why, "standard output is not a terminal");
		return false;
	}
	key = open_keys(&ours);
	if (key < 0) {
		buf_text(why, "there is no terminal to read keys from");
		return false;
	}
	if (ours)
		close(key);
	if (entry_has_cursor(term_name()))
		return true;
	buf_printf(why, "a terminal of the kind TERM=%s cannot place its cursor", term_name());
	return false;
}

/* What is tried instead of a name that is not known: xterm for those that descend from it, then what DEC made. */
static SCREEN *
open_instead(const char **name_r)
{
	static const char *const modern[] = {
		"xterm", "alacritty", "contour", "foot", "ghostty", "iterm", "kitty", "konsole", "rio", "st-", "vte", "wezterm",
		"256color",
	};
	static const char *const names[] = { "xterm", "vt100", "ansi", "linux" };
	bool is_modern = false;
	SCREEN *screen;

	for (size_t i = 0; i < sizeof modern / sizeof modern[0]; i++)
		is_modern = is_modern || strstr(term_name(), modern[i]) != NULL;
	for (size_t i = is_modern ? 0 : 1; i < sizeof names / sizeof names[0]; i++) {
		screen = newterm(*name_r = names[i], stdout, stdin);
		if (screen != NULL)
			return screen;
	}
	return NULL;
}

static bool
open_screen(struct buf *said)
{
	const char *instead;

	door.screen = newterm(term_name(), stdout, stdin);
	if (door.screen != NULL)
		return true;
	door.screen = open_instead(&instead);
	if (door.screen == NULL) {
		buf_printf(said, "nothing is known of a terminal of the kind TERM=%s, nor of any other: is ncurses-base installed?",
		    term_name());
		return false;
	}
	if (getenv("TERM") == NULL || getenv("TERM")[0] == '\0')
		buf_printf(said, "TERM is not set: the terminal is treated as %s.", instead);
	else
		buf_printf(said, "Nothing is known of TERM=%s: the terminal is treated as %s.", term_name(), instead);
	return true;
}

/* The first of the three that is set counts (POSIX.1-2008 8.2). */
static const char *
locale_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (int i = 0; i < 3; i++)
		if (getenv(names[i]) != NULL && getenv(names[i])[0] != '\0')
			return getenv(names[i]);
	return "C";
}

/* Only the characters are the locale's; numbers stay as they are. Of a locale that is not installed its UTF-8 is enough. */
static void
set_characters(void)
{
	const char *name = locale_name();

	if (setlocale(LC_CTYPE, "") == NULL && (strstr(name, "UTF-8") || strstr(name, "utf8") || strstr(name, "utf-8")))
		setlocale(LC_CTYPE, "C.UTF-8");
}

/* The modes of a full screen: every key as it comes (^C and ^Z too), nothing echoed, line ends ours. */
static void
take_over(void)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	typeahead(-1);
	def_prog_mode();
	entry_send("BE");
}

/* ESCDELAY, in milliseconds, as all programs with ncurses have it: for lines that tear sequences apart. */
static nstime
escape_time(void)
{
	const char *text = getenv("ESCDELAY");
	uint64_t ms;

	if (text == NULL || !slice_number(slice_of(text), &ms) || ms == 0)
		return KEYS_ESCAPE;
	return (nstime)(ms < 1000 ? ms : 1000) * NSTIME_MS;
}

bool
curses_open(const struct curses_options *options, struct buf *said)
{
	CHECK(door.screen == NULL);
	set_characters();
	door.key = open_keys(&door.key_is_ours);
	if (door.key < 0 || !rescue_prepare(door.key, STDOUT_FILENO)) {
		buf_text(said, "there is no terminal to read keys from");
		return false;
	}
	fflush(stdout);
	if (!open_screen(said)) {
		rescue_restore_modes();
		return false;
	}
	door.shown = canvas_new(1, 1);
	arm();
	take_over();
	keys_init(&door.keys);
	door.keys.escape = escape_time();
	entry_keys(&door.keys);
	curses_theme(options->theme, options->monochrome);
	rescue_hush();
	curses_redraw();
	return true;
}

void
curses_close(void)
{
	if (door.screen == NULL)
		return;
	if (!door.away)
		curses_leave();
	delscreen(door.screen);
	canvas_free(&door.shown);
	if (door.key_is_ours)
		close(door.key);
	door.screen = NULL;
	door.key = -1;
	door.away = door.gone = door.mouse = false;
}

void
curses_leave(void)
{
	if (door.away)
		return;
	door.away = true;
	entry_send("BD");
	endwin();
	if (!entry_has("rmcup"))	/* there is no other screen to go back to: the prompt gets an empty line at least */
		entry_send("el");
	fflush(stdout);
	rescue_disarm();
	rescue_restore_modes();
	rescue_speak();
}

void
curses_single_keys(void)
{
	struct termios modes;

	if (!door.away || tcgetattr(door.key, &modes) != 0)
		return;
	rescue_arm(SLICE_NONE);
	modes.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG);
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	tcsetattr(door.key, TCSADRAIN, &modes);
}

void
curses_return(void)
{
	rescue_hush();
	arm();
	if (!door.away)
		endwin();		/* stopped without notice: nobody knows what the terminal is like */
	door.away = false;
	curses_redraw();
	take_over();
	refresh();
	keypad(stdscr, TRUE);
}

void
curses_theme(const struct theme *theme, bool monochrome)
{
	cells_theme(theme, monochrome);
	curses_redraw();
}

/* --- writing --- */

void
curses_size(int *width_r, int *height_r)
{
	struct winsize size;

	*width_r = COLS;
	*height_r = LINES;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		*width_r = size.ws_col;
		*height_r = size.ws_row;
	}
}

void
curses_redraw(void)
{
	door.all = true;
}

static bool
same_cell(const struct cell *a, const struct cell *b)
{
	return a->character == b->character && a->style == b->style && a->selected == b->selected && a->found == b->found
	    && memcmp(a->mark, b->mark, sizeof a->mark) == 0;
}

static void
put_changes(const struct canvas *canvas)
{
	for (int y = 0; y < canvas->height; y++)
		for (int x = 0; x < canvas->width; x++) {
			size_t i = (size_t)y * (size_t)canvas->width + (size_t)x;

			if (door.all || !same_cell(&canvas->cell[i], &door.shown->cell[i])) {
				if (canvas->cell[i].character != 0)
					cells_put(x, y, &canvas->cell[i]);
				door.shown->cell[i] = canvas->cell[i];
			}
		}
}

/* A cursor that is hidden stands on the chosen line all the same: those who read by ear or by finger follow it. */
static void
put_cursor(const struct canvas *canvas, int x, int y)
{
	bool hidden = x < 0 || y < 0;

	if (hidden) {
		size_t i = 0, n = (size_t)canvas->width * (size_t)canvas->height;

		while (i < n && !canvas->cell[i].selected)
			i++;
		x = i < n ? (int)(i % (size_t)canvas->width) : 0;
		y = i < n ? (int)(i / (size_t)canvas->width) : 0;
	}
	curs_set(hidden ? 0 : 1);
	move(y < LINES ? y : LINES - 1, x < COLS ? x : COLS - 1);
}

/* ncurses is told of the terminal's size here, so that it and the canvas never disagree about where a line ends. */
static void
adapt(const struct canvas *canvas)
{
	int width, height;

	curses_size(&width, &height);
	if (width != COLS || height != LINES) {
		resizeterm(height, width);
		door.all = true;
	}
	if (canvas->width != door.shown->width || canvas->height != door.shown->height) {
		canvas_resize(door.shown, canvas->width, canvas->height);
		arm();
		door.all = true;
	}
}

void
curses_show(const struct canvas *canvas, int cursor_x, int cursor_y)
{
	if (door.away || door.gone)
		return;
	adapt(canvas);
	if (door.all) {
		erase();
		clearok(curscr, TRUE);
	}
	put_changes(canvas);
	door.all = false;
	put_cursor(canvas, cursor_x, cursor_y);
	refresh();
}

/* --- reading --- */

void
curses_mouse(bool on)
{
	mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
	door.mouse = on;
	if (!door.away)
		arm();
	fflush(stdout);
}

int
curses_fd(void)
{
	return door.key;
}

bool
curses_is_gone(void)
{
	return door.gone;
}

nstime
curses_key_due(void)
{
	return keys_due(&door.keys);
}

/* Reads what is there. Asked of the terminal, because its descriptor may block and is shared with others. */
static void
read_more(nstime now)
{
	uint8_t bytes[KEYS_HELD];
	size_t room = keys_room(&door.keys);
	struct pollfd there = { .fd = door.key, .events = POLLIN };
	ssize_t n;

	if (room == 0 || poll(&there, 1, 0) <= 0)
		return;
	n = read(door.key, bytes, room);
	if (n > 0)
		keys_feed(&door.keys, (slice){ bytes, (size_t)n }, now);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		door.gone = true;
}

uint32_t
curses_key(nstime now, struct mouse *mouse_r)
{
	uint32_t key = keys_next(&door.keys, now, mouse_r);

	if (key != KEY_NOTHING)
		return key;
	read_more(now);
	return keys_next(&door.keys, now, mouse_r);
}
