#include "io/net/socket_bio.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace retort::io {
namespace {

int read_some(BIO* bio, char* into, std::size_t size, std::size_t* got) {
  auto* const of = static_cast<socket_allowance*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *got = 0;
  of->spent = of->left == 0;
  if (of->spent) {
    BIO_set_retry_read(bio);
    return 0;
  }
  if (of->told_by && !of->told_by->may_read(of->place)) {
    BIO_set_retry_read(bio);
    return 0;
  }
  const ssize_t here = receive(*of, into, size);
  of->ended = here == 0;
  if (here < 0 && would_block()) BIO_set_retry_read(bio);
  if (here <= 0) return 0;
  *got = static_cast<std::size_t>(here);
  if (*got < size && of->told_by) of->told_by->note_short_read(of->place);
  of->left -= std::min(of->left, *got);
  return 1;
}

int write_some(BIO* bio, const char* from, std::size_t size, std::size_t* sent) {
  const auto* const of = static_cast<socket_allowance*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *sent = 0;
  const ssize_t taken = ::send(of->descriptor, from, size, MSG_NOSIGNAL);
  if (taken < 0 && would_block()) BIO_set_retry_write(bio);
  if (taken <= 0) return 0;
  *sent = static_cast<std::size_t>(taken);
  return 1;
}

long control(BIO* bio, int what, long, void*) {
  if (what == BIO_CTRL_EOF) return static_cast<socket_allowance*>(BIO_get_data(bio))->ended;
  return what == BIO_CTRL_FLUSH;
}

BIO_METHOD* make_method() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
  if (!method) return nullptr;
  BIO_meth_set_read_ex(method, &read_some);
  BIO_meth_set_write_ex(method, &write_some);
  BIO_meth_set_ctrl(method, &control);
  return method;
}

}  // namespace

ssize_t receive(socket_allowance& of, char* into, std::size_t size) {
  if (of.stamps.are_on) return receive_stamped(of.descriptor, into, size, of.stamps);
  return ::recv(of.descriptor, into, size, 0);
}

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

BIO* make_socket_bio(socket_allowance* of) {
  static BIO_METHOD* const method = make_method();
  BIO* const bio = method ? BIO_new(method) : nullptr;
  if (!bio) return nullptr;
  BIO_set_data(bio, of);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace retort::io
