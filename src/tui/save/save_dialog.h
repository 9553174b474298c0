/*
 * save_dialog.h - what is to be saved, in which format, and where: the `s`
 * dialog.
 */
#ifndef SAVE_DIALOG_H
#define SAVE_DIALOG_H

#include "tui/app.h"

/* arguments: what stood behind `:save`, "pcap out.pcapng": then it goes ahead; else empty: it asks. */
void save_dialog_open(struct app *, slice arguments);

#endif
