// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The console behind its routes: reads the address, collects what a page shows, and has
// daemon/console make the page. It changes nothing.
#pragma once

#include "daemon/console/frame.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/log.hpp"
#include "daemon/net/http.hpp"
#include "daemon/status/status_board.hpp"

#include <optional>
#include <string>
#include <vector>

namespace authzd {

class ConsoleSite {
 public:
  /// `board` must outlive this.
  ConsoleSite(const StatusBoard& board, Log log) : board_(board), log_(std::move(log)) {}

  /// The page of a route with is_page(); 404 where there is no such account or run, 503 where the
  /// state cannot be read.
  [[nodiscard]] HttpResponse show(const Route& route,
                                  const Target& target,
                                  const console::Frame& frame) const;

  /// Whether the route is one of the console's, and guarded.
  static bool is_page(Page page);

  /// Style, script or icon: a browser that asks for the current version may keep it forever.
  static HttpResponse asset(Page page, const Target& target);

 private:
  [[nodiscard]] HttpResponse overview(const Target& target, const console::Frame& frame) const;
  [[nodiscard]] HttpResponse account(const AccountView& view, const console::Frame& frame) const;
  [[nodiscard]] HttpResponse runs(const Target& target, const console::Frame& frame) const;
  [[nodiscard]] HttpResponse run(const Target& target, const console::Frame& frame) const;
  [[nodiscard]] HttpResponse policy(const Target& target, const console::Frame& frame) const;
  [[nodiscard]] HttpResponse history(const Target& target, const console::Frame& frame) const;
  [[nodiscard]] HttpResponse reach(const Target& target, const console::Frame& frame) const;

  /// The recorded runs; none where the state cannot be read, which is logged.
  [[nodiscard]] std::vector<RunView> runs_of(const AccountId& account, std::size_t count) const;

  const StatusBoard& board_;
  Log log_;
};

}  // namespace authzd
