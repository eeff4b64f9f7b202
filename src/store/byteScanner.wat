;; The two hot loops of the store, 16 bytes at a time. JavaScript reads a byte per step: 45 ms and
;; more for the 130 MB of a million lines, where memory itself needs 15.
;;
;; Memory:      0 …    127  the text that is looked for
;;            128 …    255  the same in the other case (equal where there is none)
;;            256 …  66047  the input, 64 KiB, with room for reading past its end
;;          66048 … 328191  the places of newlines, 4 bytes each
;;
;; Compile with: npm run build:scanner
(module
  (memory (export "memory") 6 6)
  (global $text i32 (i32.const 0))
  (global $other i32 (i32.const 128))
  (global $input i32 (i32.const 256))
  (global $places i32 (i32.const 66048))

  ;; Writes `base` plus the offset behind each newline of the input's first `length` bytes, in order.
  ;; The result is how many there are.
  (func (export "newlines") (param $length i32) (param $base i32) (result i32)
    (local $at i32) (local $mask i32) (local $out i32)
    (local.set $out (global.get $places))
    (local.set $base (i32.add (local.get $base) (i32.const 1)))
    ;; What lies behind the input from an earlier time is no newline of this one.
    (v128.store (i32.add (global.get $input) (local.get $length)) (v128.const i64x2 0 0))
    (block $done
      (loop $blocks
        (br_if $done (i32.ge_u (local.get $at) (local.get $length)))
        (local.set $mask
          (i8x16.bitmask
            (i8x16.eq
              (v128.load (i32.add (global.get $input) (local.get $at)))
              (i8x16.splat (i32.const 10)))))
        (block $none
          (loop $found
            (br_if $none (i32.eqz (local.get $mask)))
            (i32.store
              (local.get $out)
              (i32.add (local.get $base) (i32.add (local.get $at) (i32.ctz (local.get $mask)))))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
            (br $found)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $blocks)))
    (i32.shr_u (i32.sub (local.get $out) (global.get $places)) (i32.const 2)))

  ;; Offset in the input of the first occurrence of the text that begins at or after `from` and ends
  ;; at or before `end`, or -1. `length`: bytes of the text, 1 to 128.
  ;;
  ;; A place is looked at closely only where the text's first, middle and last byte all fit. Which
  ;; bytes are rare in a log cannot be known; three of them together are rare in any.
  (func (export "find") (param $from i32) (param $end i32) (param $length i32) (result i32)
    (local $at i32) (local $stop i32) (local $mask i32) (local $place i32) (local $matched i32) (local $byte i32)
    (local $middle i32) (local $last i32)
    (local $first1 v128) (local $first2 v128)
    (local $middle1 v128) (local $middle2 v128)
    (local $last1 v128) (local $last2 v128)
    (local.set $middle (i32.shr_u (local.get $length) (i32.const 1)))
    (local.set $last (i32.sub (local.get $length) (i32.const 1)))
    (local.set $first1 (v128.load8_splat (global.get $text)))
    (local.set $first2 (v128.load8_splat (global.get $other)))
    (local.set $middle1 (v128.load8_splat (i32.add (global.get $text) (local.get $middle))))
    (local.set $middle2 (v128.load8_splat (i32.add (global.get $other) (local.get $middle))))
    (local.set $last1 (v128.load8_splat (i32.add (global.get $text) (local.get $last))))
    (local.set $last2 (v128.load8_splat (i32.add (global.get $other) (local.get $last))))
    (local.set $stop (i32.sub (local.get $end) (local.get $length)))
    (local.set $at (local.get $from))
    (block $nothing
      (loop $blocks
        (br_if $nothing (i32.gt_s (local.get $at) (local.get $stop)))
        (local.set $place (i32.add (global.get $input) (local.get $at)))
        (local.set $mask
          (i8x16.bitmask
            (v128.and
              (v128.and
                (v128.or
                  (i8x16.eq (v128.load (local.get $place)) (local.get $first1))
                  (i8x16.eq (v128.load (local.get $place)) (local.get $first2)))
                (v128.or
                  (i8x16.eq (v128.load (i32.add (local.get $place) (local.get $last))) (local.get $last1))
                  (i8x16.eq (v128.load (i32.add (local.get $place) (local.get $last))) (local.get $last2))))
              (v128.or
                (i8x16.eq (v128.load (i32.add (local.get $place) (local.get $middle))) (local.get $middle1))
                (i8x16.eq (v128.load (i32.add (local.get $place) (local.get $middle))) (local.get $middle2))))))
        (block $none
          (loop $candidates
            (br_if $none (i32.eqz (local.get $mask)))
            (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $mask))))
            (br_if $nothing (i32.gt_s (local.get $place) (local.get $stop)))
            (local.set $matched (i32.const 0))
            (block $differs
              (loop $compare
                (if (i32.eq (local.get $matched) (local.get $length))
                  (then (return (local.get $place))))
                (local.set $byte
                  (i32.load8_u
                    (i32.add (global.get $input) (i32.add (local.get $place) (local.get $matched)))))
                (if
                  (i32.and
                    (i32.ne (local.get $byte) (i32.load8_u (i32.add (global.get $text) (local.get $matched))))
                    (i32.ne (local.get $byte) (i32.load8_u (i32.add (global.get $other) (local.get $matched)))))
                  (then (br $differs)))
                (local.set $matched (i32.add (local.get $matched) (i32.const 1)))
                (br $compare)))
            (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
            (br $candidates)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $blocks)))
    (i32.const -1)))
