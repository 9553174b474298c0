/*
 * defang.h - URLs that no terminal, chat or ticket makes into a link:
 * "hxxps://evil[.]example/a.html". Who reads them knows what was meant, and
 * the text can be turned back.
 */
#ifndef DEFANG_H
#define DEFANG_H

#include "buf.h"

/* Appends the URL: the scheme's "tt" becomes "xx" (ftp: fxp), the host's dots "[.]", the "@" of an address "[@]". */
void defang_url(struct buf *, slice url);
/* Appends text with every URL in it, and every "www." host, so changed. For whole lines: a URL that is cut is not seen. */
void defang_text(struct buf *, slice text);
/* Appends names of hosts, their dots in brackets. */
void defang_hosts(struct buf *, slice hosts);

#endif
