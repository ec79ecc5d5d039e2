# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install.bash - the native scripts where "make install" puts them, beside the stock ones.
NATIVE=/usr/local/libexec/xvif

# native_install: the program, and links to it among the scripts
native_install() {
	mkdir -p $NATIVE
	mount -t tmpfs -o mode=755 tmpfs $NATIVE
	cp "$XVIF_BUILD/vif-xvif" $NATIVE
	ln -sf $NATIVE/vif-xvif /etc/xen/scripts/vif-xvif-route
	ln -sf $NATIVE/vif-xvif /etc/xen/scripts/vif-xvif-bridge
}

native_uninstall() {
	umount $NATIVE
}
