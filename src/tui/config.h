/*
 * config.h - what the screen remembers from one run to the next.
 *
 * Preferences (theme, columns, sort, times, preview) in
 * $XDG_CONFIG_HOME/smtptap/screen (else ~/.config), lines "name = value" that
 * people may edit; what was typed into prompts in
 * $XDG_STATE_HOME/smtptap/history (else ~/.local/state), lines "prompt: text",
 * the youngest last. Both are written beside and renamed when the screen is
 * left, mode 0600; a file that cannot be read or written is said once and is
 * no reason to stop. Lines that mean nothing here are kept as they are, and
 * what another run wrote meanwhile stays, but for what was changed here.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "base/buf.h"

struct config;

void config_each_path(void (*take)(const char *path));	/* of the files that are read and written, if there is a home */
struct config *config_new(bool remember);	/* false: nothing is read or written (tests, --no-config) */
void config_free(struct config **);		/* writes what changed */
/* The same at once. False: it could not be written, and config_trouble() says why. */
bool config_save(struct config *);
slice config_get(const struct config *, const char *name, const char *by_default);	/* valid until the next set */
void config_set(struct config *, const char *name, slice value);	/* one line: control characters become blanks */
void config_set_number(struct config *, const char *name, long value);
long config_number(const struct config *, const char *name, long by_default);
/* Lines typed before, the youngest is 0. False: no more. */
bool config_history(const struct config *, const char *prompt, size_t n, slice *line_r);
void config_typed(struct config *, const char *prompt, slice line);
const char *config_trouble(const struct config *);	/* a sentence, or NULL */

#endif
