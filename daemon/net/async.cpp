// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/async.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace authzd {

void throw_cancelled() {
  throw boost::system::system_error(boost::asio::error::operation_aborted);
}

bool is_cancellation(const std::exception_ptr& thrown) {
  if (!thrown) return false;
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    return error.code() == boost::asio::error::operation_aborted;
  } catch (...) {
    return false;
  }
}

}  // namespace authzd
