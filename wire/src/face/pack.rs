//! Face vectors as bytes: for storage and for the wire, always inside something encrypted.
//!
//! ```text
//! byte  0      packing: 2 = f16, 1 = int8
//! bytes 1..3   dimensions, u16 little-endian
//! bytes 3..7   int8 only: f32 little-endian, the value of one step
//! then         one value per dimension: f16 little-endian, or i8
//! ```
//! The model's id is not inside: it stands beside the bytes in clear, because it decides what may be compared.

use super::{FaceError, FaceModel, FaceVector, MAX_DIMENSIONS};

/// How exactly the values are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Two bytes per value: similarity changes by less than 0.001.
    F16,
    /// One byte per value and one scale: similarity changes by less than 0.01.
    Int8,
}

impl Packing {
    fn tag(self) -> u8 {
        match self {
            Self::Int8 => 1,
            Self::F16 => 2,
        }
    }
}

impl FaceVector {
    /// The vector as bytes: 3 + 2 n (f16) or 7 + n (int8).
    pub fn pack(&self, packing: Packing) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(7 + 2 * self.dimensions());
        bytes.push(packing.tag());
        bytes.extend((self.dimensions() as u16).to_le_bytes());
        match packing {
            Packing::F16 => bytes.extend(self.values().iter().flat_map(|v| f16_bits(*v).to_le_bytes())),
            Packing::Int8 => {
                let most = self.values().iter().fold(0.0_f32, |most, v| most.max(v.abs()));
                let step = most / 127.0;
                bytes.extend(step.to_le_bytes());
                bytes.extend(self.values().iter().map(|v| (v / step).round() as i8 as u8));
            }
        }
        bytes
    }

    /// The vector that [`pack`](Self::pack) wrote, brought back to unit length.
    ///
    /// # Errors
    /// [`FaceError::Packed`] for bytes of another form or length; [`FaceError::NotAVector`] for values that make none.
    pub fn unpack(model: FaceModel, bytes: &[u8]) -> Result<Self, FaceError> {
        let [tag, low, high, rest @ ..] = bytes else { return Err(FaceError::Packed("too short")) };
        let dimensions = usize::from(u16::from_le_bytes([*low, *high]));
        if dimensions > MAX_DIMENSIONS {
            return Err(FaceError::Packed("too many dimensions"));
        }
        let values: Vec<f32> = if *tag == Packing::F16.tag() {
            let (pairs, left) = rest.as_chunks::<2>();
            if pairs.len() != dimensions || !left.is_empty() {
                return Err(FaceError::Packed("its length does not fit its dimensions"));
            }
            pairs.iter().map(|pair| f16_value(u16::from_le_bytes(*pair))).collect()
        } else if *tag == Packing::Int8.tag() {
            let (step, codes) = rest.split_first_chunk::<4>().ok_or(FaceError::Packed("too short"))?;
            if codes.len() != dimensions {
                return Err(FaceError::Packed("its length does not fit its dimensions"));
            }
            let step = f32::from_le_bytes(*step);
            codes.iter().map(|code| f32::from(*code as i8) * step).collect()
        } else {
            return Err(FaceError::Packed("unknown packing"));
        };
        Self::new(model, values)
    }
}

/// IEEE half precision, rounded to nearest, of a value in `-1..=1`.
fn f16_bits(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = ((bits >> 16) & 0x8000) as u16;
    let exponent = ((bits >> 23) & 0xff) as i32 - 127;
    let mantissa = bits & 0x7f_ffff;
    let half = if exponent < -25 {
        0
    } else if exponent < -14 {
        // Subnormal: the leading one becomes part of the mantissa.
        let shift = (-exponent - 14 + 13) as u32;
        round_shift(mantissa | 0x80_0000, shift)
    } else {
        // A mantissa that rounds up to the next power carries into the exponent by itself.
        (((exponent + 15) as u32) << 10) + round_shift(mantissa, 13)
    };
    sign | half as u16
}

fn round_shift(value: u32, shift: u32) -> u32 {
    let half = 1u32 << (shift - 1);
    let floor = value >> shift;
    let rest = value & ((1 << shift) - 1);
    floor + u32::from(rest > half || (rest == half && floor & 1 == 1))
}

fn f16_value(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, mantissa) = (i32::from((bits >> 10) & 0x1f), f32::from(bits & 0x3ff));
    match exponent {
        0 => sign * mantissa * 2f32.powi(-24),
        // Infinity and NaN: refused by the vector.
        31 => f32::NAN,
        _ => sign * (1.0 + mantissa / 1024.0) * 2f32.powi(exponent - 15),
    }
}
