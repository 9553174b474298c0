/*
 * config.h - what the screen remembers from one run to the next.
 *
 * Preferences (theme, columns, sort, times, preview) in
 * $XDG_CONFIG_HOME/smtptap/screen (else ~/.config), lines "name = value" that
 * people may edit; what was typed into prompts in
 * $XDG_STATE_HOME/smtptap/history (else ~/.local/state). Both are written
 * beside and renamed when the screen is left, mode 0600; a file that cannot be
 * read or written is said once and is no reason to stop. Unknown names are
 * kept as they are.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "base/buf.h"

struct config;

struct config *config_new(bool remember);	/* false: nothing is read or written (tests, --no-config) */
void config_free(struct config **);		/* writes what changed */
slice config_get(const struct config *, const char *name, const char *by_default);	/* valid until the next set */
void config_set(struct config *, const char *name, slice value);
long config_number(const struct config *, const char *name, long by_default);
/* Lines typed before, the youngest is 0. False: no more. */
bool config_history(const struct config *, const char *prompt, size_t n, slice *line_r);
void config_typed(struct config *, const char *prompt, slice line);
const char *config_trouble(const struct config *);	/* or NULL */

#endif
