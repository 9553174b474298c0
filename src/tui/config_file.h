/*
 * config_file.h - small files of text below the user's home: read whole,
 * written beside and renamed. Only config.c includes this.
 */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include "base/buf.h"

/*
 * Where the XDG base directory specification puts it: below the directory that
 * the variable names, if it is absolute, else below `by_default` in $HOME.
 * False: nobody knows where the home is.
 */
bool config_path(const char *variable, const char *by_default, const char *name, struct buf *path);	/* ends in NUL */

/* All of it; a file that is not there is empty. False: why, in `trouble`; then it must not be written, either. */
bool config_read(const char *path, struct buf *text, struct buf *trouble);
/* Folders are made as needed. Behind a symbolic link the file that it names is replaced, the link stays. */
bool config_write(const char *path, slice text, struct buf *trouble);

#endif
