/*
 * prompt.h - the line at the bottom into which something is typed: with the
 * lines typed before, what the word at the cursor could become, and what is
 * wrong with it.
 *
 * Made by app_prompt() (app.h has struct prompt_user); the app gives it the
 * keys until it is over.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "tui/app.h"

struct prompt;

struct prompt *prompt_new(const struct prompt_user *, struct config *, slice text);
void prompt_free(struct prompt **);

enum prompt_said { PROMPT_OPEN, PROMPT_DONE, PROMPT_CANCELLED };
enum prompt_said prompt_key(struct prompt *, uint32_t key);
slice prompt_text(const struct prompt *);
const struct prompt_user *prompt_user(const struct prompt *);
void prompt_remember(struct prompt *);			/* the text, as the youngest line of its history */

/*
 * The bottom line is `line` of the area; messages and candidates stand above it, the note at its right end. Where the cursor
 * stands: *x_r on that line.
 */
void prompt_draw(struct prompt *, struct area, int line, slice note, int *x_r);

#endif
