/*
 * drop.h - the drop, as the program and as --check-sandbox do it.
 */
#ifndef DROP_H
#define DROP_H

#include "privilege.h"

/* privilege_drop(); `refused` is the exit status when a system call is refused. */
int privilege_drop_with(const struct privilege_options *, int refused);

#endif
