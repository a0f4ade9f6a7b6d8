#!/usr/bin/env bash
# Installs what the tests need from Debian's packages, where it may: a browser, a database server, a Chinese font, Java,
# an office program.
# Where it may not, it says so; the tests that need them are then skipped by name.
set -u
wanted=()
command -v chromium >/dev/null 2>&1 || wanted+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || wanted+=(postgresql)
fc-list :lang=zh 2>/dev/null | grep -q . || wanted+=(fontconfig fonts-noto-cjk)
command -v java >/dev/null 2>&1 || wanted+=(openjdk-17-jre-headless)
command -v soffice >/dev/null 2>&1 || wanted+=(libreoffice-writer-nogui libreoffice-calc-nogui)
[ ${#wanted[@]} -eq 0 ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "没有 apt-get，未安装：${wanted[*]}；需要它们的测试将跳过。" >&2
  exit 0
fi
run=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    run=(sudo -n)
  else
    echo "没有安装软件包的权限，未安装：${wanted[*]}；需要它们的测试将跳过。" >&2
    exit 0
  fi
fi
echo "正在安装：${wanted[*]}"
export DEBIAN_FRONTEND=noninteractive
"${run[@]}" apt-get update -qq || true
"${run[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null ||
  echo "未能安装：${wanted[*]}；需要它们的测试将跳过。" >&2
exit 0
