/*
 * columns_dialog.h - which columns the list shows, and in which order: the `t`
 * dialog.
 */
#ifndef COLUMNS_DIALOG_H
#define COLUMNS_DIALOG_H

#include "app.h"
#include "views/list_columns.h"

/* Changes the columns in place, which must live as long as the dialog; changed() is called after each change. */
void columns_dialog_open(struct app *, struct list_columns *, bool messages, void (*changed)(void *self), void *self);

#endif
